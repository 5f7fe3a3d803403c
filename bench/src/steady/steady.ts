import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { argumentsOrExit, runBench } from '../run/run-bench.ts'
import { measureSteady } from './measure-steady.ts'
import { steadyTable } from './table.ts'

const usage = `Usage: npx pnpm@12 bench:steady [minutes] [options]

Places orders at a steady rate for some minutes (30), and compares the last minute with the third one: latency, and
each service's memory and event loop delay.

  --rate N      orders a second (20)
  --json FILE   writes the figures of every minute to a file
  --help
`

const options = argumentsOrExit(usage, (args) => {
  const { values, positionals } = parseArgs({
    args,
    options: { rate: { type: 'string', default: '20' }, json: { type: 'string' } },
    allowPositionals: true,
  })
  const [minutes = '30', ...more] = positionals
  const wrong = [minutes, values.rate].find((text) => !/^[1-9]\d{0,3}$/.test(text)) ?? more[0]
  if (wrong !== undefined) throw new Error(`not a whole number above 0: ${wrong}`)
  return { minutes: Number(minutes), perSecond: Number(values.rate), json: values.json }
})

await runBench(async (context) => {
  const { stores, minutes } = await measureSteady(options, context)
  const machine = context.machine(stores)
  if (options.json)
    await writeFile(
      options.json,
      `${JSON.stringify({ machine, perSecond: options.perSecond, minutes }, null, 2)}\n`,
    )
  return `${machine}\n\n${steadyTable(minutes)}`
})
