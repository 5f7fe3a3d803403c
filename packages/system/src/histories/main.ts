import { mkdirSync, writeFileSync } from 'node:fs'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { historiesFolder, historyText, type StoredHistory, storedHistories } from './history.ts'
import { play } from './play.ts'
import { missingHistories } from './record.ts'

const usage = `Usage: pnpm --filter @saucery/system histories [--results]

Writes the histories that are missing in packages/contracts/histories: of a new path, or of a new version of an event.

Options:
  --results  also writes anew what the services make of each stored history; read the differences before you commit them
`

const options = { results: { type: 'boolean', default: false } } as const
const { results } = readCommandLine(usage, options, (values) => values)

mkdirSync(historiesFolder, { recursive: true })
const stored = new Map(
  [...storedHistories()].map(([file, text]) => [file, JSON.parse(text) as StoredHistory]),
)
const again = results
  ? [...stored].map(([file, history]) => [file, { ...history, result: play(history) }] as const)
  : []
const written = [...again, ...missingHistories(stored)].filter(
  ([file, history]) => !stored.has(file) || historyText(history) !== historyText(stored.get(file) as never),
)
for (const [file, history] of written) writeFileSync(new URL(file, historiesFolder), historyText(history))
process.stdout.write(
  `${written.length} of ${stored.size + missingHistories(stored).size} histories written\n`,
)
