import { parseArgs } from 'node:util'
import { openClient } from '@saucery/client/client'
import { Unreachable } from '@saucery/client/errors'
import { type ScenarioName, scenarios } from '@saucery/client/scenarios'
import { unreadyServices } from '../demo/readiness.ts'
import { deliveredByItself, endedAsExpected, runScenario } from '../demo/run.ts'
import { automaticCourier, demoUsage, eventLine, outcomeTable } from '../demo/texts.ts'

const LIMIT_MS = 30_000

const print = (line: string) => process.stdout.write(`${line}\n`)
const printError = (text: string) => process.stderr.write(`${text}\n`)

const { url, token } = readArguments()
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
    runScenario(name, {
      client,
      limitMs: LIMIT_MS,
      onEvent: (entry, view) => print(eventLine(name, entry, view)),
    })
  const outcomes = await Promise.all((Object.keys(scenarios) as ScenarioName[]).map(run))
  print(outcomeTable(outcomes))
  const wrong = outcomes.filter((outcome) => !endedAsExpected(outcome))
  if (wrong.some(deliveredByItself)) printError(automaticCourier)
  return wrong.length === 0 ? 0 : 1
}

function readArguments(): { url: string; token: string | undefined } {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const options = {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string', default: 'http://localhost:8088' },
    } as const
    const { values } = parseArgs({ args, options })
    if (values.help) {
      print(demoUsage)
      process.exit(0)
    }
    return { url: new URL(values.url).href, token: process.env.SAUCERY_TOKEN || undefined }
  } catch (error) {
    printError(`${error instanceof Error ? error.message : error}\n\n${demoUsage}`)
    process.exit(2)
  }
}
