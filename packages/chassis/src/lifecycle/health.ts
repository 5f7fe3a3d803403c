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
export function health({
  checks = {},
  toStart = {},
  details = {},
  isAlive = () => true,
  limitMs = 2000,
}: HealthOptions = {}): Hono {
  let wasReady = false
  return new Hono()
    .get('/livez', (c) => {
      const alive = isAlive()
      return c.json({ alive }, alive ? 200 : 503)
    })
    .get('/readyz', async (c) => {
      const results = await Promise.all(
        Object.entries({ ...checks, ...toStart }).map(
          async ([name, check]) => [name, await holds(check, limitMs)] as const,
        ),
      )
      const ready = results.every(([name, ok]) => ok || (wasReady && name in toStart))
      wasReady ||= ready
      const shown = Object.entries(details).map(([name, read]) => [name, read()])
      return c.json(
        {
          ready,
          checks: Object.fromEntries(results),
          ...(shown.length > 0 && { details: Object.fromEntries(shown) }),
        },
        ready ? 200 : 503,
      )
    })
}

async function holds(check: Checks[string], limitMs: number): Promise<boolean> {
  try {
    return await withTimeout(limitMs, Promise.resolve(check()))
  } catch {
    return false
  }
}
