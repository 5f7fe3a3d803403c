import { type Action, type Caller, isInScope, type Scope, scopeOf } from '@saucery/contracts/access/scope'
import type { Context, MiddlewareHandler } from 'hono'
import { refuseForeign } from '../http/foreign-requests.ts'
import { answerProblem, type InvalidField, ProblemError } from '../http/problem.ts'
import type { BrokerSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { callerTokenHeader, callerTokenReader } from './caller-token.ts'

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller
  }
}

/** Every caller, where sign-in is off. */
export const anonymousOperator: Caller = { subject: 'anyone', role: 'operator' }

/** Without sign-in all callers have one subject, which tells nobody from another. */
export const isAnonymous = (caller: Caller): boolean => caller === anonymousOperator

type CallerSettings = Pick<BrokerSettings, 'AUTH'> &
  Partial<Pick<BrokerSettings, 'ALLOWED_HOSTS' | 'GATEWAY_PUBLIC_KEY'>>

/**
 * Middleware that lets in only requests with a caller token that the gateway signed for this service.
 * With `AUTH=off` every caller is an operator, except for pages of other web sites.
 */
export function requireCaller(
  service: string,
  { AUTH, ALLOWED_HOSTS: hosts = [], GATEWAY_PUBLIC_KEY: keys = [] }: CallerSettings,
  log: Log,
): MiddlewareHandler {
  if (AUTH === 'off') {
    log.warn({}, 'sign-in is off: every caller is an operator')
    const refuse = refuseForeign(hosts)
    return (c, next) => {
      c.set('caller', anonymousOperator)
      return refuse(c, next)
    }
  }
  const read = callerTokenReader(service, keys)
  return async (c, next) => {
    const token = c.req.header(callerTokenHeader)
    const caller = token === undefined ? undefined : await read(token)
    if (!caller) {
      // A caller token was once called a passport. The codes and the scheme are part of the HTTP contract, so they stay.
      const code = token === undefined ? 'passport-missing' : 'passport-invalid'
      log.warn({ reason: code, method: c.req.method, path: c.req.path }, 'request refused')
      const problem = { status: 401, code, title: 'Only the gateway may call this service' } as const
      return answerProblem(c, problem, { 'www-authenticate': 'Passport' })
    }
    c.set('caller', caller)
    return next()
  }
}

/**
 * The orders for which the caller may do this: all, or those of one branch.
 * @throws ProblemError 403 when the caller may do it for none
 */
export function authorize(c: Context, action: Action): Scope {
  const caller = c.get('caller')
  const scope = scopeOf(caller, action)
  if (scope !== 'none') return scope
  throw notPermitted(`A ${caller.role} may not ${action.replace('-', ' ')}.`)
}

/** @throws ProblemError 403 when the branch is out of scope; `place` is where the request names it */
export function requireInScope(
  scope: Scope,
  branchId: string | undefined,
  place: Omit<InvalidField, 'detail'>,
): void {
  if (branchId === undefined || isInScope(scope, branchId)) return
  throw notPermitted('This is not your branch.', [{ ...place, detail: 'must be your own branch' }])
}

/** The item if it is in scope: another branch's item is answered as if it did not exist. */
export const ifInScope = <T extends object>(scope: Scope, item: T | undefined): T | undefined =>
  item && isInScope(scope, (item as { branchId?: string }).branchId) ? item : undefined

/** A list's query, limited to the scope; throws as `requireInScope`. */
export function scopedQuery<Query extends { readonly branchId?: string | undefined }>(
  scope: Scope,
  query: Query,
): Query {
  requireInScope(scope, query.branchId, { parameter: 'branchId' })
  return typeof scope === 'string' ? query : { ...query, branchId: scope.branchId }
}

const notPermitted = (detail: string, errors?: readonly InvalidField[]) =>
  new ProblemError({ status: 403, code: 'not-permitted', title: 'Not permitted', detail, errors })
