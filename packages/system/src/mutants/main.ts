import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import { removeTempFolder, sweepTempFolders, tempFolder } from '@saucery/servers/process/temp'
import { selectMutants } from './mutant.ts'
import { type MutantResult, openMutants } from './run-mutants.ts'
import { copySources } from './source-copy.ts'
import { mutants } from './tables/all.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

const wanted = selectMutants(mutants, process.argv.slice(2))

// A signal that is handled does not end this process: it ends the tests, and then the servers are stopped.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())

if (wanted.length === 0) {
  print(`No mutant matches: ${process.argv.slice(2).join(' ')}`)
  process.exitCode = 1
} else process.exitCode = await runWithServers().catch((error) => exitCodeOf(error))

function exitCodeOf(error: unknown): number {
  if (interrupted.signal.aborted) return 130
  throw error
}

async function runWithServers(): Promise<number> {
  await sweepTempFolders(print)
  const folder = await tempFolder()
  const starting = [
    startPostgres({ dataDir: join(folder, 'postgres'), print }),
    startMongodb({ dataDir: join(folder, 'mongodb'), print }),
  ] as const
  try {
    const [postgres, mongodb] = await Promise.all(starting)
    const copy = join(folder, 'copy')
    await copySources(root, copy)
    const env = { TEST_POSTGRES_URL: postgres.url, TEST_MONGODB_URL: mongodb.url }
    return await runAll({ root: copy, env, stopping: interrupted.signal })
  } finally {
    for (const start of await Promise.allSettled(starting))
      if (start.status === 'fulfilled') await start.value.stop()
    await removeTempFolder(folder)
  }
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
