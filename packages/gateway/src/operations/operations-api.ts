import type { HttpBindings } from '@hono/node-server'
import { anonymousOperator, authorize } from '@saucery/chassis/auth/authorize'
import { openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Handler, MiddlewareHandler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import type { GatewaySettings } from '../settings.ts'
import { beginDrill, endDrill, getDrills } from './drill-routes.ts'
import { openDrills } from './drills.ts'
import { openStories, type StoryDeps } from './story.ts'
import { getOrderStory } from './story-route.ts'

interface OperationsDeps extends StoryDeps {
  readonly limitCaller: (caller: Caller) => void
  readonly settings: GatewaySettings
  readonly log: Log
}

/** The calls of operations that need more than one service. Their inputs are checked as those of a service. */
export function operationsApi(deps: OperationsDeps): Handler {
  const app = openApiApp(deps.log, knowCaller(deps))
  const story = openStories(deps)

  app.openapi(getOrderStory, async (c) => {
    authorize(c, 'operate')
    return c.json(await story(c.req.valid('param').id, c.get('caller')), 200)
  })

  const drills = openDrills(deps)
  // Whoever sees a fault may know that it is a drill.
  app.openapi(getDrills, async (c) => c.json(await drills.list(), 200))

  app.openapi(beginDrill, async (c) => {
    authorize(c, 'operate')
    const request = c.req.valid('json')
    const drill = await drills.begin(request, c.get('caller'))
    deps.log.warn({ drill: drill.id, seconds: request.forSeconds }, 'drill begun')
    return c.json(drill, 201)
  })

  app.openapi(endDrill, async (c) => {
    authorize(c, 'operate')
    const { drillId: id } = c.req.valid('param')
    await drills.end(id, c.get('caller'))
    return c.json({ id, ended: true as const }, 200)
  })

  return (c) => app.fetch(c.req.raw, c.env)
}

const knowCaller =
  ({
    authenticator,
    limitCaller,
  }: { authenticator: Authenticator } & Pick<OperationsDeps, 'limitCaller'>): MiddlewareHandler =>
  async (c, next) => {
    const caller = await authenticator.callerOf((c.env as HttpBindings).incoming.headers)
    if (caller) limitCaller(caller)
    c.set('caller', caller ?? anonymousOperator)
    return next()
  }
