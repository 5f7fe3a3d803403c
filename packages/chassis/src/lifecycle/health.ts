import { Hono } from 'hono'
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
}

/** `/livez`: 200 while `isAlive`. `/readyz`: 200 while every check holds. Else 503. */
export function health(options: HealthOptions = {}): Hono {
  const { checks = {}, toStart = {}, details, isAlive = () => true, limitMs = 2000 } = options
  let wasReady = false
  return new Hono()
    .get('/livez', (c) => {
      const alive = isAlive()
      return c.json({ alive }, alive ? 200 : 503)
    })
    .get('/readyz', async (c) => {
      const all = Object.entries({ ...checks, ...toStart })
      const results = await Promise.all(
        all.map(async ([name, check]) => [name, await holds(check, limitMs)] as const),
      )
      const ready = results.every(([name, ok]) => ok || (wasReady && name in toStart))
      wasReady ||= ready
      const shown = details && Object.entries(details).map(([name, read]) => [name, read()])
      const body = { ready, checks: Object.fromEntries(results) }
      return c.json({ ...body, ...(shown && { details: Object.fromEntries(shown) }) }, ready ? 200 : 503)
    })
}

const holds = (check: Checks[string], limitMs: number): Promise<boolean> =>
  withTimeout(limitMs, (async () => check())()).catch(() => false)
