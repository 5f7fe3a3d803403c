import { authorize } from '@saucery/chassis/auth/authorize'
import { openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Handler } from 'hono'
import type { GatewaySettings } from '../settings.ts'
import { beginDrill, endDrill, getDrills } from './drill-routes.ts'
import { openDrills } from './drills.ts'
import { type KnowCallerDeps, knowCaller } from './know-caller.ts'
import { openStories, type StoryDeps } from './story.ts'
import { getOrderStory } from './story-route.ts'
import { getOrderTraces, getTrace } from './trace-routes.ts'
import { openTraceStore } from './traces.ts'

interface OperationsDeps extends StoryDeps, KnowCallerDeps {
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

  const readTraces = openTraceStore(deps.settings.TRACE_STORE_URL)
  const json = { 'content-type': 'application/json' }
  app.openapi(getTrace, async (c) => {
    authorize(c, 'operate')
    return c.body(await readTraces(`/traces/${c.req.valid('param').traceId}`), 200, json) as never
  })
  app.openapi(getOrderTraces, async (c) => {
    authorize(c, 'operate')
    return c.body(await readTraces(`/orders/${c.req.valid('param').orderId}`), 200, json) as never
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
