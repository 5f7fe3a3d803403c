import { writeFile } from 'node:fs/promises'
import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { sweepTempFolders } from '@saucery/servers/process/temp'
import { measure } from './measure/measure.ts'
import { type Options, readOptions, usage } from './options.ts'
import { busy, machine, table } from './report/report.ts'
import { runAndExit } from './run-and-exit.ts'

const { stdout, stderr } = process
// A terminal that is gone must not keep anything from being stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
const say = (text: string) =>
  stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`)

const interrupted = abortOnInterrupt(say)

const options = optionsOrExit()
await runAndExit(interrupted, async () => {
  await sweepTempFolders(say)
  const before = busy()
  const results = await measure(options, say, interrupted)
  const setting = machine([...results.stores, `${before} before`])
  stdout.write(`\n${setting}\n\n${table(results)}`)
  if (options.json)
    await writeFile(options.json, `${JSON.stringify({ machine: setting, ...results }, null, 2)}\n`)
})

function optionsOrExit(): Options {
  try {
    const options = readOptions(process.argv.slice(2))
    if (!options.help) return options
    stdout.write(usage)
    process.exit(0)
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
