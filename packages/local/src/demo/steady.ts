import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '@saucery/client/errors'
import { type ScenarioName, scenarios } from '@saucery/client/scenarios'
import type { DemoOptions } from './paths.ts'
import { endedAsExpected, runScenario } from './run.ts'
import { orderPage, totalLine } from './texts.ts'

interface SteadyOptions extends DemoOptions {
  /** Orders a second. */
  readonly rate: number
  /** Infinity: until it is stopped. */
  readonly forMs: number
  /** No order is placed any more; those on their way are followed to their end. */
  readonly stopped: AbortSignal
}

/** More are not followed at once: each is asked for twenty times a second. */
const MOST_AT_ONCE = 50
const REPORT_MS = 1_000

/**
 * Sends orders along the paths in turn, so many a second, and prints a line each second.
 * @returns whether each ended as it should
 * @throws Unreachable
 */
export async function runSteadily(options: SteadyOptions): Promise<boolean> {
  const { client, url, print, paint, rate, forMs, stopped } = options
  const names = Object.keys(scenarios) as ScenarioName[]
  const running = new Set<Promise<void>>()
  const ended = new AbortController()
  let [placed, right, wrong] = [0, 0, 0]
  let newest = ''
  let lost: unknown

  async function follow(name: ScenarioName): Promise<void> {
    try {
      const onPlaced = (orderId: string) => {
        newest = orderId
      }
      if (endedAsExpected(await runScenario(name, client, { onPlaced }))) right += 1
      else wrong += 1
    } catch (error) {
      wrong += 1
      if (!(error instanceof Unreachable)) return
      lost ??= error
      ended.abort()
    }
  }
  const report = () => {
    const counts = `${placed} placed · ${right} ended as expected · ${running.size} on their way`
    const failed = wrong > 0 ? ` · ${paint('red', `${wrong} wrong`)}` : ''
    print(`${counts}${failed}  ${newest && paint('dim', orderPage(url, newest))}`)
  }

  const timer = setInterval(report, REPORT_MS)
  const signal = AbortSignal.any([stopped, ended.signal])
  const began = performance.now()
  while (!signal.aborted && performance.now() - began < forMs) {
    const name = names[placed % names.length] as ScenarioName
    placed += 1
    const one: Promise<void> = follow(name).finally(() => running.delete(one))
    running.add(one)
    if (running.size >= MOST_AT_ONCE) await Promise.race(running)
    const nextAt = began + (placed * 1_000) / rate
    await sleep(Math.max(0, nextAt - performance.now()), undefined, { signal }).catch(() => {})
  }
  await Promise.all(running)
  clearInterval(timer)
  if (lost) throw lost
  print(`\n${totalLine(right, placed, paint)}`)
  return wrong === 0
}
