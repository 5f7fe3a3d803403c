import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '@saucery/contracts/access/scope'
import { requestCause } from '@saucery/messaging/events/actor'
import type { Actor, Cause } from '@saucery/messaging/events/event'
import type { Context } from 'hono'
import { v7 as uuidv7 } from 'uuid'

const usable = /^[\w.-]{1,100}$/

/** The request's own id if logs and events can hold it, else a new one. */
export function requestIdOf({ 'x-request-id': id }: IncomingHttpHeaders): string {
  return typeof id === 'string' && usable.test(id) ? id : uuidv7()
}

/** The request as the cause of the events that it leads to, with who sent it. */
export function causeOf(c: Context): Cause {
  const id = requestIdOf({ 'x-request-id': c.req.header('x-request-id') })
  return requestCause(id, c.req.header('traceparent') ?? '', actorOf(c.get('caller')))
}

/** The caller as events and logs name them. */
export const actorOf = ({ subject, role, ...caller }: Caller): Actor => ({
  subject,
  role,
  ...('branchId' in caller && { branchId: caller.branchId }),
})
