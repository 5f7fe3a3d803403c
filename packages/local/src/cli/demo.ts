import { openClient } from '@saucery/client/client'
import { Unreachable } from '@saucery/client/errors'
import { type ScenarioName, scenarios } from '@saucery/client/scenarios'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { deliveredByItself, endedAsExpected, runScenario, unreadyServices } from '../demo/run.ts'
import { automaticCourier, demoUsage, eventLine, outcomeTable } from '../demo/texts.ts'
import { readCommandLine } from './command-line.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)
const printError = (text: string) => process.stderr.write(`${text}\n`)

Object.assign(process.env, withoutProxyHere(process.env))
const options = { url: { type: 'string', default: 'http://localhost:8088' } } as const
const url = readCommandLine(demoUsage, options, (values) => new URL(String(values.url)).href)
const token = process.env.SAUCERY_TOKEN || undefined
try {
  process.exitCode = await demo()
} catch (error) {
  const hint = ` at ${url}: run \`npx pnpm@12 start\` first, or give its --url`
  printError(`${error instanceof Error ? error.message : error}${error instanceof Unreachable ? hint : ''}`)
  process.exitCode = 1
}

async function demo(): Promise<number> {
  const unready = await unreadyServices(url)
  if (unready.length > 0) throw new Error(`The system at ${url} is not ready: ${unready.join(', ')}`)
  const client = openClient({ url, token, timeoutMs: 10_000 })
  const run = (name: ScenarioName) =>
    runScenario(name, client, (entry, view) => print(eventLine(name, entry, view)))
  const outcomes = await Promise.all((Object.keys(scenarios) as ScenarioName[]).map(run))
  print(outcomeTable(outcomes))
  const wrong = outcomes.filter((outcome) => !endedAsExpected(outcome))
  if (wrong.some(deliveredByItself)) printError(automaticCourier)
  return wrong.length === 0 ? 0 : 1
}
