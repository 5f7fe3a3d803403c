import { parseArgs } from 'node:util'
import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { busy, machine } from '../report/report.ts'
import { runAndExit } from '../run-and-exit.ts'
import { type Rebuilt, rebuildExperiment } from './experiment.ts'

const usage = `Usage: npx pnpm@12 bench:rebuild [events]

Fills the streams with a quarter, a half and all of the events (20000), four to a saga, and measures each time how fast
one process of the dashboard builds its documents from nothing.

  --help
`

const { stdout, stderr } = process
const say = (text: string) =>
  stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`)
const interrupted = abortOnInterrupt(say)

const events = eventsOrExit()
const before = busy()
await runAndExit(interrupted, async () => {
  const folder = await tempFolder()
  try {
    const { stores, results } = await rebuildExperiment(folder, events, say, interrupted)
    stdout.write(`\n${machine([...stores, `${before} before`])}\n\n${table(results)}`)
  } finally {
    await removeTempFolder(folder)
  }
})

function table(results: readonly Rebuilt[]): string {
  const head = ['events', 'seconds', 'events/s', 'CPU dashboard', 'CPU MongoDB']
  const seconds = (ms: number | undefined) =>
    ms === undefined ? 'unknown here' : `${(ms / 1000).toFixed(1)} s`
  const rows = results.map(({ events, ms, dashboardCpuMs, storeCpuMs }) => [
    events.toLocaleString('en'),
    (ms / 1000).toFixed(1),
    Math.round((events * 1000) / ms).toLocaleString('en'),
    seconds(dashboardCpuMs),
    seconds(storeCpuMs),
  ])
  return [head, head.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function eventsOrExit(): number {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const options = { help: { type: 'boolean', short: 'h' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (values.help) {
      stdout.write(usage)
      process.exit(0)
    }
    const [given = '20000', ...more] = positionals
    if (more.length > 0 || !/^[1-9]\d{1,7}$/.test(given))
      throw new Error(`no number of events: ${positionals.join(' ')}`)
    return Math.ceil(Number(given) / 16) * 16
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
