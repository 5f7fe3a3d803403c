import { traceIdOf } from '@saucery/messaging/events/trace-context'
import type { MiddlewareHandler } from 'hono'
import type { Log } from '../telemetry/log.ts'
import { actorOf } from './request-id.ts'

const maxPath = 200

/** Logs one line for each request that may change something: who asked for what, and the outcome. */
export function logCommands(log: Log): MiddlewareHandler {
  return async (c, next) => {
    await next()
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return
    const answer = c.res.headers
    const fields = {
      ...actorOf(c.get('caller')),
      method: c.req.method,
      path: c.req.path.slice(0, maxPath),
      status: c.res.status,
      orderId: c.req.param('id') ?? answer.get('location')?.split('/').at(-1),
      eventId: answer.get('event-id') ?? undefined,
      requestId: c.req.header('x-request-id'),
      traceId: traceIdOf(c.req.header('traceparent')),
    }
    log.info(fields, 'command answered')
  }
}
