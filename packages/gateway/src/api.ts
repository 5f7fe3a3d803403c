import type { Log } from '@saucery/chassis/log'
import { problemHandlers } from '@saucery/chassis/problem'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Admit } from './admission.ts'
import type { EventStreams } from './event-streams.ts'
import { passTo } from './pass.ts'
import { reference } from './reference.ts'
import { prefixes, stateOf, type Upstream } from './upstreams.ts'

export interface GatewayApi {
  readonly upstreams: readonly Upstream[]
  readonly admit: Admit
  readonly corsOrigins: readonly string[]
  readonly eventStreams: EventStreams
  readonly log: Log
}

export function gatewayApi({ upstreams, admit, corsOrigins, eventStreams, log }: GatewayApi): Hono {
  const app = new Hono()
  const { onError, notFound } = problemHandlers(log)
  app.onError(onError)
  app.notFound(notFound)
  const allowOrigins = cors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    exposeHeaders: ['Location', 'Event-Id', 'Link', 'Retry-After'],
    maxAge: 600,
  })

  for (const upstream of upstreams)
    app.all(`${prefixes[upstream.name]}/*`, passTo(upstream, { admit, allowOrigins, eventStreams, log }))

  app.use(allowOrigins)
  app.route('/', reference())
  app.get('/', (c) => c.json({ service: 'gateway', routes: prefixes }))
  // Ready without them: one service that is down must not close the door to the others.
  app.get('/readyz', async (c) => {
    const states = await Promise.all(upstreams.map(async (it) => [it.name, await stateOf(it)] as const))
    return c.json({ ready: true, upstreams: Object.fromEntries(states) })
  })
  return app
}
