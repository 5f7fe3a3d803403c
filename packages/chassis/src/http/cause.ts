import type { Context } from 'hono'
import { requestIdOf } from './request-id.ts'

/** What a request says of itself as a cause of events: an id, made here if it has none, and its trace. */
export function causeOf(c: Context): { id: string; traceparent: string } {
  const id = requestIdOf({ 'x-request-id': c.req.header('x-request-id') })
  return { id, traceparent: c.req.header('traceparent') ?? '' }
}
