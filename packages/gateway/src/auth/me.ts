import type { HttpBindings } from '@hono/node-server'
import { actions, scopeOf } from '@saucery/contracts/access/scope'
import type { Handler } from 'hono'
import type { Authenticator } from './authenticate.ts'

/** `GET /me`: who calls, and what that caller may do. The page shows no controls beyond that. */
export function currentCaller({ callerOf }: Authenticator): Handler {
  return async (c) => {
    const caller = await callerOf((c.env as HttpBindings).incoming.headers)
    c.header('cache-control', 'no-store')
    if (caller === undefined) return c.json({ signIn: 'off', role: 'operator', may: actions })
    const { signedInUntil: _, ...shown } = caller
    const may = actions.filter((action) => scopeOf(caller, action) !== 'none')
    return c.json({ signIn: 'on', ...shown, may })
  }
}
