import { writeFile } from 'node:fs/promises'
import { sweepTempFolders } from '@saucery/local/temp'
import { measure } from './measure.ts'
import { type Options, readOptions, usage } from './options.ts'
import { busy, machine, table } from './report.ts'

const { stdout, stderr } = process
// A terminal that is gone must not keep anything from being stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
const say = (text: string) =>
  stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`)

/** pnpm and tsx pass on a signal that the terminal has sent as well: two at once are one. */
const SAME_SIGNAL_MS = 1_000

const interrupted = new AbortController()
let interruptedAt = 0
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => onSignal(name))

function onSignal(name: NodeJS.Signals): void {
  if (!interrupted.signal.aborted) {
    say(`${name}: stopping everything; once more ends it at once`)
    interruptedAt = Date.now()
    interrupted.abort()
  } else if (Date.now() - interruptedAt > SAME_SIGNAL_MS) process.exit(130)
}

const options = optionsOrExit()
try {
  await sweepTempFolders(say)
  const before = busy()
  const results = await measure(options, say, interrupted.signal)
  const setting = machine([...results.stores, `${before} before`])
  stdout.write(`\n${setting}\n\n${table(results)}`)
  if (options.json)
    await writeFile(options.json, `${JSON.stringify({ machine: setting, ...results }, null, 2)}\n`)
  process.exit(0)
} catch (error) {
  if (interrupted.signal.aborted) process.exit(130)
  stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

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
