import type { Client } from '@saucery/client/client'
import { type ScenarioName, scenarios } from '@saucery/client/scenarios'
import type { Print } from '@saucery/servers/process/child'
import { inTurn } from './in-turn.ts'
import type { Paint } from './paint.ts'
import { deliveredByItself, endedAsExpected, runScenario } from './run.ts'
import { automaticCourier, eventLine, orderPage, outcomeLine, pathHeading, totalLine } from './texts.ts'

export interface DemoOptions {
  readonly client: Client
  /** Where people find the pages of the orders. */
  readonly url: string
  readonly print: Print
  readonly paint: Paint
}

/**
 * Sends one order along each path, all at once, and prints a block for each.
 * @returns whether each ended as it should
 * @throws Unreachable
 */
export async function runEachPath({ client, url, print, paint }: DemoOptions): Promise<boolean> {
  const names = Object.keys(scenarios) as ScenarioName[]
  const turns = inTurn(names.length, print)
  const follow = async (name: ScenarioName, i: number) => {
    const turn = turns[i]
    const outcome = await runScenario(name, client, {
      onPlaced: (orderId) => turn?.print(pathHeading(name, orderPage(url, orderId), paint)),
      onEvent: (entry, view) => turn?.print(eventLine(entry, view, paint)),
    })
    turn?.print(outcomeLine(outcome, paint))
    turn?.done()
    return outcome
  }
  const outcomes = await Promise.all(names.map(follow))
  const wrong = outcomes.filter((outcome) => !endedAsExpected(outcome))
  if (wrong.some(deliveredByItself)) print(automaticCourier)
  print(`\n${totalLine(outcomes.length - wrong.length, outcomes.length, paint)}`)
  return wrong.length === 0
}
