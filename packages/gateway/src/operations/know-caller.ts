import type { HttpBindings } from '@hono/node-server'
import { anonymousOperator } from '@saucery/chassis/auth/authorize'
import type { Caller } from '@saucery/contracts/access/scope'
import type { MiddlewareHandler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'

export interface KnowCallerDeps {
  readonly authenticator: Authenticator
  readonly limitCaller: (caller: Caller) => void
}

/** Middleware for what the gateway answers itself: who calls, as `authorize` reads it. Without sign-in, any operator. */
export const knowCaller =
  ({ authenticator, limitCaller }: KnowCallerDeps): MiddlewareHandler =>
  async (c, next) => {
    const caller = await authenticator.callerOf((c.env as HttpBindings).incoming.headers)
    if (caller) limitCaller(caller)
    c.set('caller', caller ?? anonymousOperator)
    return next()
  }
