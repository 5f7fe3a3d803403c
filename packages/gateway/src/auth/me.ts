import type { HttpBindings } from '@hono/node-server'
import type { Log } from '@saucery/chassis/telemetry/log'
import { actions, type Caller, scopeOf } from '@saucery/contracts/access/scope'
import type { Context, Handler } from 'hono'
import type { Authenticator } from './authenticate.ts'
import { correlationOf } from './identity.ts'
import { AuthenticationError, answerAuthenticationError } from './not-signed-in.ts'

/** Tells who asks, and what that caller may do: for a page, which shows what is of use. */
export function currentCaller({ callerOf }: Authenticator, log: Log): Handler {
  return async (c: Context) => {
    const { headers } = (c.env as HttpBindings).incoming
    try {
      const caller = await callerOf(headers.authorization)
      return c.json(told(caller), 200, { 'cache-control': 'no-store' })
    } catch (error) {
      if (error instanceof AuthenticationError)
        return answerAuthenticationError(c, error, correlationOf(headers), log)
      throw error
    }
  }
}

function told(caller: Caller | undefined) {
  if (caller === undefined) return { signIn: 'off', role: 'operator', may: actions }
  const { signedInUntil: _, ...who } = caller
  return { signIn: 'on', ...who, may: actions.filter((action) => scopeOf(caller, action) !== 'none') }
}
