import { demoClient, Unreachable } from '../demo/client.ts'
import { scenarios } from '../demo/paths.ts'
import { deliveredByItself, runPath, wentItsWay } from '../demo/run.ts'
import { automaticCourier, table, usage } from '../demo/texts.ts'
import { readCommandLine } from './command-line.ts'

const LIMIT_MS = 30_000

const print = (line: string) => process.stdout.write(`${line}\n`)
const printError = (text: string) => process.stderr.write(`${text}\n`)

const options = { url: { type: 'string', default: 'http://localhost:8088' } } as const
const url = readCommandLine(usage, options, (values) => new URL(String(values.url)).href)
const token = process.env.SAUCERY_TOKEN || undefined
try {
  process.exitCode = await demo()
} catch (error) {
  const start = error instanceof Unreachable ? ': run `npx pnpm@12 start` first, or give its --url' : ''
  printError(`${error instanceof Error ? error.message : error}${start}`)
  process.exitCode = 1
}

async function demo(): Promise<number> {
  const client = demoClient(url, token)
  const unready = await client.unready()
  if (unready.length > 0) throw new Error(`The system at ${url} is not ready: ${unready.join(', ')}`)
  const outcomes = await Promise.all(
    scenarios.map((path) => runPath(path, { client, limitMs: LIMIT_MS, print })),
  )
  print(table(outcomes))
  const wrong = outcomes.filter((outcome) => !wentItsWay(outcome))
  if (wrong.some(deliveredByItself)) printError(automaticCourier)
  return wrong.length === 0 ? 0 : 1
}
