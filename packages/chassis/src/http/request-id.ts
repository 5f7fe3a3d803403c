import type { IncomingHttpHeaders } from 'node:http'
import type { Context } from 'hono'
import { v7 as uuidv7 } from 'uuid'

const usable = /^[\w.-]{1,100}$/

/** The request's own id if logs and events can hold it, else a new one. */
export function requestIdOf({ 'x-request-id': id }: IncomingHttpHeaders): string {
  return typeof id === 'string' && usable.test(id) ? id : uuidv7()
}

/** The request as the cause of the events that it leads to. */
export function causeOf(c: Context): { id: string; traceparent: string } {
  const id = requestIdOf({ 'x-request-id': c.req.header('x-request-id') })
  return { id, traceparent: c.req.header('traceparent') ?? '' }
}
