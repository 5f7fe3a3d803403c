import { Hono } from 'hono'
import { sharedResult } from '../async/shared-result.ts'
import { withTimeout } from '../async/timeout.ts'

/** Dependencies by name, each with whether it can be used now. */
type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>

export interface HealthOptions {
  readonly checks?: Checks
  /**
   * Checks that count until the service was ready once. Without its broker a running service still answers, and so
   * must keep its clients.
   */
  readonly toStart?: Checks
  /** Shown in `/readyz`; they do not decide whether the service is ready. */
  readonly details?: Readonly<Record<string, () => unknown>>
  readonly isAlive?: (() => boolean) | undefined
  /** A check that takes longer has failed. */
  readonly limitMs?: number
  /** How long the checks' results are kept, once the service was ready. Callers at the same time always share one run. */
  readonly keepMs?: number
}

/** `/livez`: 200 while `isAlive`. `/readyz`: 200 while every check holds. Else 503. */
export function health(options: HealthOptions = {}): Hono {
  const { checks = {}, toStart = {}, details, isAlive = () => true, limitMs = 2000, keepMs = 1000 } = options
  let wasReady = false
  const all = Object.entries({ ...checks, ...toStart })
  const run = async () => {
    const results = await Promise.all(
      all.map(async ([name, check]) => [name, await holds(check, limitMs)] as const),
    )
    const ready = results.every(([name, ok]) => ok || (wasReady && name in toStart))
    wasReady ||= ready
    return { ready, checks: Object.fromEntries(results) }
  }
  const readiness = sharedResult(run, () => (wasReady ? keepMs : 0))
  return new Hono()
    .get('/livez', (c) => {
      const alive = isAlive()
      return c.json({ alive }, alive ? 200 : 503)
    })
    .get('/readyz', async (c) => {
      const state = await readiness()
      const shown = details && Object.entries(details).map(([name, read]) => [name, read()])
      return c.json(
        { ...state, ...(shown && { details: Object.fromEntries(shown) }) },
        state.ready ? 200 : 503,
      )
    })
}

const holds = (check: Checks[string], limitMs: number): Promise<boolean> =>
  withTimeout(limitMs, (async () => check())()).catch(() => false)
