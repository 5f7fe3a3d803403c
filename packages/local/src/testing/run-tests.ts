import { spawn } from 'node:child_process'
import { root } from '@saucery/servers/install/folders'
import { findTestFiles, parseArguments, selectFiles } from './test-files.ts'
import { withTestServers } from './with-servers.ts'

/** A test file that takes longer waits for something that will never come. */
const STUCK_AFTER_MS = 600_000

const print = (line: string) => process.stderr.write(`${line}\n`)

const wanted = parseArguments(process.argv.slice(2))
const files = selectFiles(findTestFiles(root), wanted)
if (files.length === 0) {
  print(`No test file matches: ${process.argv.slice(2).join(' ') || 'there are none'}`)
  process.exit(1)
}

// A signal that is handled does not end this process: it ends the tests, and then the servers are stopped.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())

process.exitCode = wanted.unit ? await runTests({}) : await runWithServers()

function runWithServers(): Promise<number> {
  return withTestServers(print, async ({ env, mongodb }) => {
    const code = await runTests(env)
    print(`The tests ran on ${mongodb}.`)
    return code
  })
}

async function runTests(env: NodeJS.ProcessEnv): Promise<number> {
  if (interrupted.signal.aborted) return 130
  const defaults = ['--test-concurrency=2', '--test-reporter=spec', `--test-timeout=${STUCK_AFTER_MS}`]
  const flags = ['--import', 'tsx', '--test', ...defaults, ...wanted.flags]
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
  return interrupted.signal.aborted ? 130 : code
}
