import { parseArgs } from 'node:util'
import { markdownTable } from '../report/markdown.ts'
import { argumentsOrExit, inTempFolder, runBench } from '../run/run-bench.ts'
import { measureRebuilds, type Rebuild } from './measure-rebuild.ts'

const usage = `Usage: npx pnpm@12 bench:rebuild [events]

Fills the streams with a quarter, a half and all of the events (20000), four to a saga, and measures each time how fast
one process of the dashboard builds its documents from nothing.

  --help
`

const events = argumentsOrExit(usage, (args) => {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true })
  const [count = '20000', ...more] = positionals
  if (more.length > 0 || !/^[1-9]\d{1,7}$/.test(count))
    throw new Error(`no number of events: ${positionals.join(' ')}`)
  return Math.ceil(Number(count) / 16) * 16
})

await runBench((context) =>
  inTempFolder(async (folder) => {
    const { stores, rebuilds } = await measureRebuilds(folder, events, context)
    return `${context.machine(stores)}\n\n${table(rebuilds)}`
  }),
)

function table(rebuilds: readonly Rebuild[]): string {
  const head = ['events', 'seconds', 'events/s', 'CPU dashboard', 'CPU MongoDB']
  const seconds = (ms: number) => (Number.isNaN(ms) ? 'unknown here' : `${(ms / 1000).toFixed(1)} s`)
  const rows = rebuilds.map(({ events, ms, dashboardCpuMs, storeCpuMs }) => [
    events.toLocaleString('en'),
    (ms / 1000).toFixed(1),
    Math.round((events * 1000) / ms).toLocaleString('en'),
    seconds(dashboardCpuMs),
    seconds(storeCpuMs),
  ])
  return markdownTable(
    head.map(() => 'right'),
    [head, ...rows],
  )
}
