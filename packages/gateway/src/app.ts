import type { HttpBindings } from '@hono/node-server'
import { refuseForeign } from '@saucery/chassis/http/foreign-requests'
import { nameRoutes } from '@saucery/chassis/http/name-route'
import { handleProblems, invalidFields, ProblemError } from '@saucery/chassis/http/problem'
import { traceRequests } from '@saucery/chassis/http/trace-requests'
import type { Log } from '@saucery/chassis/telemetry/log'
import { actions, scopeOf } from '@saucery/contracts/access/scope'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import { type Authenticator, openAuthenticator } from './auth/authenticate.ts'
import { openApiPaths, reference } from './docs/reference.ts'
import { routeNames } from './docs/route-names.ts'
import { edgePolicy } from './edge/edge-policy.ts'
import { servePage } from './edge/page.ts'
import { callerLimit } from './edge/rate-limit.ts'
import { knowCaller } from './operations/know-caller.ts'
import { operationsApi } from './operations/operations-api.ts'
import { openOverview, operationsOverview } from './operations/overview.ts'
import type { EventStreams } from './proxy/event-streams.ts'
import { routeTo } from './proxy/route.ts'
import { prefixes, type Upstream } from './proxy/upstreams.ts'
import type { GatewaySettings } from './settings.ts'

export interface GatewayOptions {
  readonly settings: GatewaySettings
  readonly upstreams: readonly Upstream[]
  readonly eventStreams: EventStreams
  readonly log: Log
}

/** @throws when the built page in `WEB_ROOT` cannot be read */
export async function gatewayApi({ settings, upstreams, eventStreams, log }: GatewayOptions): Promise<Hono> {
  const app = new Hono()
  handleProblems(app, log)
  const nameOf = routeNames(await openApiPaths())
  app.use(nameRoutes((c) => nameOf(c.req.path)))
  if (settings.AUTH === 'off') app.use(refuseForeign(settings.ALLOWED_HOSTS, settings.CORS_ORIGINS))
  app.use(edgePolicy(settings))

  const authenticator = openAuthenticator(settings, log)
  const limitCaller = callerLimit(settings.RATE_LIMIT_PER_MINUTE)
  for (const upstream of upstreams) {
    const route = routeTo(upstream, { authenticator, limitCaller, eventStreams, log })
    for (const prefix of prefixes[upstream.name]) app.all(`${prefix}/*`, traceRequests, route)
  }

  app.use('/me', refuseParameters)
  app.use('/operations', refuseParameters)
  app.get('/me', currentCaller(authenticator, settings))
  const overview = openOverview({ upstreams, authenticator })
  app.get('/operations', knowCaller({ authenticator, limitCaller }), operationsOverview(overview))
  const operations = operationsApi({ upstreams, authenticator, overview, limitCaller, settings, log })
  const own = [
    '/operations/orders/*',
    '/operations/traces/*',
    '/operations/drills',
    '/operations/drills/*',
    '/drills',
  ]
  for (const path of own) app.all(path, operations)
  app.route('/', reference())
  if (settings.WEB_ROOT === undefined) app.get('/', (c) => c.json({ service: 'gateway', routes: prefixes }))
  else app.route('/', await servePage(settings.WEB_ROOT))
  return app
}

const refuseParameters: MiddlewareHandler = (c, next) => {
  const unknown = Object.keys(c.req.query()).map((parameter) => ({ parameter, detail: 'is not known' }))
  if (unknown.length > 0) throw new ProblemError(invalidFields(unknown))
  return next()
}

/** `GET /me`: who calls, and what that caller may do. The page shows no controls beyond that. */
function currentCaller(
  { callerOf }: Authenticator,
  { DRILLS, TRACE_STORE_URL: store }: Pick<GatewaySettings, 'DRILLS' | 'TRACE_STORE_URL'>,
): Handler {
  const drills = DRILLS === 'on' && { drills: 'on' }
  const traces = store !== undefined && { traces: true }
  return async (c) => {
    const caller = await callerOf((c.env as HttpBindings).incoming.headers)
    if (caller === undefined)
      return c.json({ signIn: 'off', role: 'operator', may: actions, ...drills, ...traces })
    const { signedInUntil: _, ...shown } = caller
    const may = actions.filter((action) => scopeOf(caller, action) !== 'none')
    return c.json({ signIn: 'on', ...shown, may, ...drills, ...(may.includes('operate') && traces) })
  }
}
