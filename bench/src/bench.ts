import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measure } from './measure/measure.ts'
import { resultsTable } from './measure/table.ts'
import { argumentsOrExit, runBench } from './run/run-bench.ts'

const usage = `Usage: npx pnpm@12 bench [options]

Starts the whole system in a temporary folder, measures it, and measures what its stores can do alone.

  --orders N    orders of the throughput run (10000)
  --clients N   clients that place them at once (32)
  --seconds N   length of the latency run (20); each store is measured for half of it
  --json FILE   writes the figures to a file as well
  --help

POSTGRES_URL, NATS_URL and MONGODB_URL name servers to use; without them servers are started.
Data is written to the system's folder for temporary files; TMPDIR names another.
`

const options = argumentsOrExit(usage, readOptions)

await runBench(async (context) => {
  const results = await measure(options, context)
  const machine = context.machine(results.stores)
  if (options.json) await writeFile(options.json, `${JSON.stringify({ machine, ...results }, null, 2)}\n`)
  return `${machine}\n\n${resultsTable(results)}`
})

/** @throws when an argument is unknown, or not a whole number above 0 where one is needed */
function readOptions(args: string[]) {
  const number = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const options = { orders: number('10000'), clients: number('32'), seconds: number('20') }
  const { values } = parseArgs({ args, options: { ...options, json: { type: 'string' } } })
  const count = (name: keyof typeof options) => {
    if (/^[1-9]\d{0,6}$/.test(values[name])) return Number(values[name])
    throw new Error(`--${name} is not a whole number above 0: ${values[name]}`)
  }
  return {
    orders: count('orders'),
    clients: count('clients'),
    seconds: count('seconds'),
    json: values.json,
  }
}
