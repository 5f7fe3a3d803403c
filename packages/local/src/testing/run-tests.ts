import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'
import { exitWith } from '../cli/command-line.ts'
import { bundle } from '../system/bundle.ts'
import { bundleSources } from './bundle-sources.ts'
import { testEnv } from './test-env.ts'
import {
  findTestFiles,
  groupFiles,
  inTestOrder,
  parseArguments,
  selectFiles,
  type TestArguments,
} from './test-files.ts'
import { withTestServers } from './with-servers.ts'

/** A test file that takes longer waits for something that will never come. */
const STUCK_AFTER_MS = 600_000

const print = (line: string) => process.stderr.write(`${line}\n`)

const usage = `Usage: npx pnpm@12 test [words…] [flags of Node's test runner]
       npx pnpm@12 test:unit [words…]

Runs the tests on a Postgres and a MongoDB that are started for them, or with test:unit those that need no server.
With words only the files whose path contains one: npx pnpm@12 test order --test-name-pattern=cancel
`

const wanted = readArguments()
const files = inTestOrder(selectFiles(findTestFiles(root), wanted))
if (files.length === 0) {
  print(`No test file matches: ${process.argv.slice(2).join(' ') || 'there are none'}`)
  process.exit(1)
}

// A signal that is handled does not end this process: it ends the tests, and then the servers are stopped.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())

process.exitCode = wanted.unit ? await runTests({}) : await runWithServers()

function readArguments(): TestArguments {
  const args = process.argv.slice(2)
  try {
    if (!args.includes('--help') && !args.includes('-h')) return parseArguments(args)
  } catch (error) {
    exitWith(error, 2, `\n${usage}`)
  }
  process.stdout.write(usage)
  process.exit(0)
}

function runWithServers(): Promise<number> {
  return withTestServers(print, async ({ folder, env, mongodb }) => {
    const code = await runTests({ ...env, ...(await bundleOnce(folder)) })
    print(`The tests ran on ${mongodb}.`)
    return code
  })
}

/** All tests of the whole system start the same bundle of its services. */
async function bundleOnce(folder: string): Promise<NodeJS.ProcessEnv> {
  if (!files.some((file) => file.endsWith('.sys.test.ts'))) return {}
  const TEST_SERVICES = join(folder, 'services')
  await bundle(TEST_SERVICES)
  return { TEST_SERVICES }
}

async function runTests(env: NodeJS.ProcessEnv): Promise<number> {
  // On two cores four: more than half of the tests' time is waiting for what takes its time.
  const defaults = ['--test-concurrency=4', '--test-reporter=spec', `--test-timeout=${STUCK_AFTER_MS}`]
  const flags = ['--enable-source-maps', '--test', ...defaults, ...wanted.flags]
  await using bundled = await bundleSources(
    groupFiles(files, (file) => readFileSync(join(root, file), 'utf8')),
  )
  if (interrupted.signal.aborted) return 130
  const child = spawn(process.execPath, [...flags, ...bundled.files], {
    cwd: root,
    env: { ...testEnv(process.env), ...env },
    stdio: 'inherit',
  })
  interrupted.signal.addEventListener('abort', () => child.kill('SIGINT'))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  return interrupted.signal.aborted ? 130 : code
}
