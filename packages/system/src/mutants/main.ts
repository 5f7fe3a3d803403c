import { join } from 'node:path'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { withTestServers } from '@saucery/local/testing/with-servers'
import { root } from '@saucery/servers/install/folders'
import { selectMutants } from './mutant.ts'
import { type MutantResult, openMutants } from './run-mutants.ts'
import { copySources } from './source-copy.ts'
import { mutants } from './tables/all.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

const usage = `Usage: npx pnpm@12 mutants [words…]

Breaks a copy of the sources in each of the ways of docs/mutants.md, and runs the tests that have to notice. With words
only those whose description or file contains one.
`

const words = readCommandLine(usage, {}, (_, given) => given, { takesWords: true })
const wanted = selectMutants(mutants, words)

// A signal that is handled does not end this process: it ends the tests, and then the servers are stopped.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())

if (wanted.length === 0) {
  print(`No mutant matches: ${words.join(' ')}`)
  process.exitCode = 1
} else process.exitCode = await runWithServers().catch((error) => exitCodeOf(error))

function exitCodeOf(error: unknown): number {
  if (interrupted.signal.aborted) return 130
  throw error
}

function runWithServers(): Promise<number> {
  return withTestServers(print, async ({ folder, env }) => {
    const copy = join(folder, 'copy')
    await copySources(root, copy)
    return runAll({ root: copy, env, stopping: interrupted.signal })
  })
}

async function runAll(options: Parameters<typeof openMutants>[0]): Promise<number> {
  print(`${wanted.length} mutants`)
  const run = openMutants(options)
  const outcomes: MutantResult[] = []
  for (const mutant of wanted) {
    const outcome = await run(mutant)
    outcomes.push(outcome)
    print(`${outcomes.length}/${wanted.length} ${outcome.became}: ${mutant.breaks} | ${outcome.by ?? ''}`)
  }
  print('\n| the change | file | became |\n|---|---|---|')
  for (const { mutant, became, by } of outcomes)
    print(`| ${mutant.breaks} | \`${mutant.file}\` | ${became}${by ? ` by “${by}”` : ''} |`)
  return outcomes.every(({ became }) => became === 'killed') ? 0 : 1
}
