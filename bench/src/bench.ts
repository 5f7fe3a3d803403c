import { writeFile } from 'node:fs/promises'
import { measure } from './measure/measure.ts'
import { benchUsage, readOptions } from './measure/options.ts'
import { resultsTable } from './measure/table.ts'
import { argumentsOrExit, runBench } from './run/run-bench.ts'

const options = argumentsOrExit(benchUsage, readOptions)

await runBench(async (context) => {
  const results = await measure(options, context)
  const machine = context.machine(results.stores)
  if (options.json) await writeFile(options.json, `${JSON.stringify({ machine, ...results }, null, 2)}\n`)
  return `${machine}\n\n${resultsTable(results)}`
})
