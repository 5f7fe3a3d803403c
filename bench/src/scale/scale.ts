import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { argumentsOrExit, runBench } from '../run/run-bench.ts'
import { measureScale } from './measure-scale.ts'
import { scaleTable } from './table.ts'

const usage = `Usage: npx pnpm@12 bench:scale [options]

Starts the whole system in a temporary folder, fills it to one size after another, and measures at each what new orders,
lists, statistics and doing nothing cost, and how much memory is used.

  --sizes N,N   numbers of orders (1000,10000,50000,200000); 1000000 takes a quarter of an hour more and 6 GB
  --sample N    orders that are placed at each size (2000)
  --json FILE   writes the figures to a file as well
  --help

Data is written to the system's folder for temporary files; TMPDIR names another.
`

const options = argumentsOrExit(usage, readOptions)

await runBench(async (context) => {
  const { stores, results } = await measureScale(options, context)
  const machine = context.machine(stores)
  if (options.json) await writeFile(options.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
  return `${machine}\n\n${scaleTable(results)}`
})

/** @throws when an argument is unknown or no whole number above 0 */
function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '1000,10000,50000,200000' },
      sample: { type: 'string', default: '2000' },
      json: { type: 'string' },
    },
  })
  const count = (text: string) => {
    if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
    throw new Error(`not a whole number above 0: ${text}`)
  }
  return { sizes: values.sizes.split(',').map(count), sample: count(values.sample), json: values.json }
}
