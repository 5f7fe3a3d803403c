import { Hono } from 'hono'
import { withTimeout } from '../async/timeout.ts'

/** A dependency's name, and whether it can be used now. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>

/** What else there is to know, whether it is well or not. */
export type Details = Readonly<Record<string, () => unknown>>

interface HealthOptions {
  readonly limitMs?: number
  readonly isAlive?: (() => boolean) | undefined
  readonly toStart?: Checks | undefined
}

/**
 * `/livez`: the process answers, unless `isAlive` says otherwise: 503. `/readyz`: everything it needs can be used, else
 * 503 with what cannot; and details. A check that takes longer than `limitMs` counts as failed. What it needs `toStart`
 * counts until it was ready once: without a broker a service answers as ever, and is not to be taken from its clients.
 */
export function health(
  checks: Checks,
  details: Details = {},
  { limitMs = 2000, isAlive = () => true, toStart = {} }: HealthOptions = {},
): Hono {
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
      const told = Object.entries(details).map(([name, tell]) => [name, tell()])
      return c.json(
        {
          ready,
          checks: Object.fromEntries(results),
          ...(told.length > 0 ? { details: Object.fromEntries(told) } : {}),
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
