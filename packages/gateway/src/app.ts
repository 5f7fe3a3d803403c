import type { HttpBindings } from '@hono/node-server'
import { problemHandlers } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import { Hono } from 'hono'
import type { Authenticator } from './auth/authenticate.ts'
import { currentCaller } from './auth/me.ts'
import { reference } from './docs/reference.ts'
import { openEdgePolicy } from './edge/edge-policy.ts'
import { forwardedFrom } from './edge/forwarded.ts'
import { openRateLimit } from './edge/rate-limit.ts'
import type { EventStreams } from './proxy/event-streams.ts'
import { routeTo } from './proxy/route.ts'
import { prefixes, readinessOf, type Upstream } from './proxy/upstreams.ts'
import type { GatewaySettings } from './settings.ts'

export interface GatewayApi {
  readonly upstreams: readonly Upstream[]
  readonly admission: Authenticator
  /** What is served at `/`. */
  readonly page: Hono | undefined
  readonly settings: Pick<GatewaySettings, 'CORS_ORIGINS' | 'RATE_LIMIT_PER_MINUTE' | 'TRUSTED_PROXIES'>
  readonly eventStreams: EventStreams
  readonly log: Log
}

export function gatewayApi({ upstreams, admission, page, settings, eventStreams, log }: GatewayApi): Hono {
  const app = new Hono()
  const { onError, notFound } = problemHandlers(log, undefined, app)
  app.onError(onError)
  app.notFound(notFound)

  const trustedProxies = settings.TRUSTED_PROXIES
  const door = openEdgePolicy({
    corsOrigins: settings.CORS_ORIGINS,
    rateLimit: openRateLimit(settings.RATE_LIMIT_PER_MINUTE),
    clientOf: (c) => forwardedFrom((c.env as HttpBindings).incoming, trustedProxies).client,
  })

  for (const upstream of upstreams) {
    const pass = routeTo(upstream, { admission, door, trustedProxies, eventStreams, log })
    for (const prefix of prefixes[upstream.name]) app.all(`${prefix}/*`, pass)
  }

  // Who watches the gateway is never turned away.
  app.use(async (c, next) => (probes.includes(c.req.path) ? next() : ((await door(c)) ?? next())))
  app.route('/', reference())
  app.get('/me', currentCaller(admission, log))
  if (page) app.route('/', page)
  else app.get('/', (c) => c.json({ service: 'gateway', routes: prefixes }))
  // Ready without them: one service that is down must not close the door to the others.
  app.get('/readyz', async (c) => {
    const states = await Promise.all(upstreams.map(async (it) => [it.name, await readinessOf(it)] as const))
    return c.json({ ready: true, upstreams: Object.fromEntries(states) })
  })
  return app
}

const probes = ['/livez', '/readyz']
