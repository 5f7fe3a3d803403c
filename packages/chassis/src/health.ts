import { Hono } from 'hono'
import { inTime } from './in-time.ts'

/** A dependency's name, and whether it can be used now. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>

/** What else there is to know, whether it is well or not. */
export type Details = Readonly<Record<string, () => unknown>>

/**
 * `/livez`: the process answers, unless `isAlive` says otherwise: 503. `/readyz`: everything it needs can be used, else 503 with what cannot; and details.
 * A check that takes longer than `limitMs` counts as failed.
 */
export function health(
  checks: Checks,
  details: Details = {},
  { limitMs = 2000, isAlive = () => true }: { limitMs?: number; isAlive?: (() => boolean) | undefined } = {},
): Hono {
  return new Hono()
    .get('/livez', (c) => {
      const alive = isAlive()
      return c.json({ alive }, alive ? 200 : 503)
    })
    .get('/readyz', async (c) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await holds(check, limitMs)] as const),
      )
      const ready = results.every(([, ok]) => ok)
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
    return await inTime(limitMs, Promise.resolve(check()))
  } catch {
    return false
  }
}
