import type { Context } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'

/** What a request says of itself as a cause of events: an id, made here if it has none, and its trace. */
export function causeOf(c: Context): { id: string; traceparent: string } {
  const id = requestId.safeParse(c.req.header('x-request-id'))
  return { id: id.success ? id.data : uuidv7(), traceparent: c.req.header('traceparent') ?? '' }
}

const requestId = z.string().regex(/^[\w.-]{1,100}$/)
