import { openClient } from '@saucery/client/client'
import { Unreachable } from '@saucery/client/errors'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { signToken } from '../access/sign-in.ts'
import { demoUsage, readLoad } from '../demo/options.ts'
import { painter, showsColours } from '../demo/paint.ts'
import { runEachPath } from '../demo/paths.ts'
import { unreadyServices } from '../demo/run.ts'
import { runSteadily } from '../demo/steady.ts'
import { findRunning } from '../system/running-file.ts'
import { dataDir, readCommandLine } from './command-line.ts'
import { abortOnInterrupt } from './interrupt.ts'

const DAY_S = 86_400
const { env, stdout, stderr } = process
const print = (line: string) => stdout.write(`${line}\n`)

Object.assign(env, withoutProxyHere(env))
const text = { type: 'string' } as const
const given = readCommandLine(demoUsage, { url: text, rate: text, for: text }, (values) => ({
  url: values.url === undefined ? undefined : new URL(values.url).href,
  load: readLoad(values.rate, values.for),
}))
const running = given.url === undefined ? await findRunning(dataDir) : undefined
const url = given.url ?? running?.url ?? 'http://localhost:8088'
try {
  process.exitCode = (await demo()) ? 0 : 1
} catch (error) {
  const hint = ` at ${url}: run \`npx pnpm@12 start\` first, or give its --url`
  const message = error instanceof Error ? error.message : error
  stderr.write(`${message}${error instanceof Unreachable ? hint : ''}\n`)
  process.exitCode = 1
}

async function demo(): Promise<boolean> {
  const unready = await unreadyServices(url)
  if (unready.length > 0) throw new Error(`The system at ${url} is not ready: ${unready.join(', ')}`)
  const client = openClient({ url, token: await token(), timeoutMs: 10_000 })
  const options = { client, url, print, paint: painter(showsColours(stdout, env)) }
  if (!given.load) return runEachPath(options)
  const stopped = abortOnInterrupt(() => print('\nNo more orders. Waiting for those on their way …'))
  return runSteadily({ ...options, ...given.load, stopped })
}

async function token(): Promise<string | undefined> {
  if (env.SAUCERY_TOKEN) return env.SAUCERY_TOKEN
  return running?.signIn === 'local' ? signToken(dataDir, { role: 'operator', seconds: DAY_S }) : undefined
}
