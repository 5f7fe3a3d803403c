import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'
import { findMongodb } from '@saucery/servers/mongodb/find-mongodb'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Server } from '@saucery/servers/process/server'
import { removeTempFolder, sweepTempFolders, tempFolder } from '@saucery/servers/process/temp'
import { findTestFiles, parseArguments, selectFiles } from './test-files.ts'

const print = (text: string) => process.stderr.write(`${text}\n`)

/** A test file that takes longer waits for what will never come. */
const stuckAfterMs = 600_000

const asked = parseArguments(process.argv.slice(2))
const files = selectFiles(findTestFiles(root), asked)
if (files.length === 0) {
  print(`No test file matches: ${process.argv.slice(2).join(' ') || 'there are none'}`)
  process.exit(1)
}

// While handled, a signal does not end this process: it ends the tests, and then the servers are stopped.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())

process.exitCode = asked.unit ? await runTests({}) : await withServers(runTests)

async function withServers(
  body: (env: NodeJS.ProcessEnv, mongodb: string) => Promise<number>,
): Promise<number> {
  await sweepTempFolders(print)
  const folder = await tempFolder()
  const starting = [startTestPostgres(folder), startTestMongodb(folder)] as const
  try {
    const [postgres, mongodb] = await Promise.all(starting)
    return await body({ TEST_POSTGRES_URL: postgres.url, TEST_MONGODB_URL: mongodb.url }, mongodb.what)
  } finally {
    for (const started of await Promise.allSettled(starting)) {
      if (started.status === 'fulfilled') await started.value.stop()
    }
    await removeTempFolder(folder)
  }
}

async function startTestPostgres(folder: string): Promise<Server> {
  const found = await findPostgres()
  print(`${found.what} (${found.why})`)
  return startPostgres(found, { dataDir: join(folder, 'postgres') })
}

async function startTestMongodb(folder: string): Promise<Server> {
  const found = await findMongodb({ print })
  print(`${found.what} (${found.why})`)
  return startMongodb(found, { dataDir: join(folder, 'mongodb') })
}

async function runTests(env: NodeJS.ProcessEnv, mongodb?: string): Promise<number> {
  if (interrupted.signal.aborted) return 130
  const defaults = ['--test-concurrency=2', '--test-reporter=spec', `--test-timeout=${stuckAfterMs}`]
  const flags = ['--import', 'tsx', '--test', ...defaults, ...asked.flags]
  const child = spawn(process.execPath, [...flags, ...files], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  interrupted.signal.addEventListener('abort', () => child.kill('SIGINT'))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  if (mongodb) print(`The tests ran on ${mongodb}.`)
  return interrupted.signal.aborted ? 130 : code
}
