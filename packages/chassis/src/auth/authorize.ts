import type { KeyObject } from 'node:crypto'
import { type Action, type Caller, isInScope, type Scope, scopeOf } from '@saucery/contracts/access/scope'
import type { Context, MiddlewareHandler } from 'hono'
import { answerProblem, type InvalidField, ProblemError } from '../http/problem.ts'
import type { Log } from '../telemetry/log.ts'
import { callerTokenHeader, callerTokenReader } from './caller-token.ts'

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller
  }
}

/** Asked by whoever runs the service, who has no passport. */
const open: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics'])

const anyone: Caller = { subject: 'anyone', role: 'operator' }

export interface CallerSettings {
  readonly AUTH: 'on' | 'off'
  readonly GATEWAY_PUBLIC_KEY?: readonly KeyObject[] | undefined
}

/**
 * Knows who calls, by the passport that the gateway signed for this service: without one nobody gets past.
 * With `AUTH=off` everybody is an operator.
 */
export function requireCaller(
  service: string,
  { AUTH, GATEWAY_PUBLIC_KEY: keys = [] }: CallerSettings,
  log: Log,
): MiddlewareHandler {
  if (AUTH === 'off') {
    log.warn({}, 'sign-in is off: everybody is an operator')
    return (c, next) => {
      c.set('caller', anyone)
      return next()
    }
  }
  const read = callerTokenReader(service, keys)
  return async (c, next) => {
    if (open.has(c.req.path)) return next()
    const passport = c.req.header(callerTokenHeader)
    const caller = passport === undefined ? undefined : await read(passport)
    if (!caller) {
      const code = passport === undefined ? 'passport-missing' : 'passport-invalid'
      log.warn({ reason: code, method: c.req.method, path: c.req.path }, 'request refused')
      return answerProblem(
        c,
        { status: 401, code, title: 'Only the gateway may ask here' },
        { 'www-authenticate': 'Passport' },
      )
    }
    c.set('caller', caller)
    return next()
  }
}

/**
 * With whose orders the caller may do this.
 * @throws ProblemError 403 when with nobody's
 */
export function authorize(c: Context, action: Action): Scope {
  const caller = c.get('caller')
  const reach = scopeOf(caller, action)
  if (reach !== 'none') return reach
  throw notPermitted(`A ${caller.role} may not ${action.replace('-', ' ')}.`)
}

/**
 * Refuses what names a branch that is not within reach.
 * @param where it is named
 */
export function requireInScope(
  reach: Scope,
  branchId: string | undefined,
  where: { readonly pointer: string } | { readonly parameter: string },
): void {
  if (branchId === undefined || isInScope(reach, branchId)) return
  throw notPermitted('This is not your branch.', [{ ...where, detail: 'must be your own branch' }])
}

/** The thing, if it is within reach: what belongs to another branch is as if it were not there. */
export const ifInScope = <T extends object>(reach: Scope, thing: T | undefined): T | undefined =>
  thing && isInScope(reach, (thing as { branchId?: string }).branchId) ? thing : undefined

/** A list's query, with what is out of reach left out. */
export function scopedQuery<Query extends { readonly branchId?: string | undefined }>(
  reach: Scope,
  query: Query,
): Query {
  requireInScope(reach, query.branchId, { parameter: 'branchId' })
  return typeof reach === 'string' ? query : { ...query, branchId: reach.branchId }
}

const notPermitted = (detail: string, errors?: readonly InvalidField[]) =>
  new ProblemError({
    status: 403,
    code: 'not-permitted',
    title: 'You may not do this',
    detail,
    ...(errors && { errors }),
  })
