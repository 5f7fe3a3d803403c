import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { takeWaitPlace } from '@saucery/chassis/auth/take-wait-place'
import { pageResponse } from '@saucery/chassis/http/pages'
import { parsePrefer } from '@saucery/chassis/http/prefer'
import { orNotFound, ProblemError, storeUnavailable } from '@saucery/chassis/http/problem'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Scope } from '@saucery/contracts/access/scope'
import type { MiddlewareHandler } from 'hono'
import type { Feed } from '../live/feed.ts'
import { isStoreOutage, isTimeLimit } from '../store/mongo-errors.ts'
import type { ViewQuery } from '../store/order-list.ts'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'
import { type Deadlines, orderToJson } from '../view/waits-for.ts'
import { type EventWaiter, mayExist, waitForEvent } from './event-waiter.ts'
import { liveResponse } from './live.ts'
import * as routes from './routes.ts'
import { openStatistics } from './statistics.ts'

const problemOfStore = (error: Error) =>
  isStoreOutage(error) || isTimeLimit(error) ? storeUnavailable : undefined

export interface DashboardApi {
  readonly views: ViewStore
  readonly waiter: EventWaiter
  readonly feed: Feed
  readonly deadlines: Deadlines
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function dashboardApi(options: DashboardApi): OpenApiApp {
  const { views, waiter, feed, deadlines, requireCaller, log } = options
  const toJson = (view: OrderView, scope: Scope) => orderToJson(view, scope, deadlines, Date.now())
  const statistics = openStatistics(views)
  const app = openApiApp(log, requireCaller, problemOfStore)

  app.openapi(routes.listViews, async (c) => {
    const scope = authorize(c, 'read-views')
    const { overdue, timeline, ...parameters } = scopedQuery(scope, c.req.valid('query'))
    const toItem = (view: OrderView) => ({
      ...toJson(view, scope),
      ...(timeline === 'none' && { timeline: [] }),
    })
    const find = async (query: ViewQuery) => (await views.list(query)).map(toItem)
    const query = { ...parameters, overdue: overdue && { deadlines, now: Date.now() } }
    return c.json(await pageResponse(c, query, find, ({ orderId }) => orderId), 200)
  })

  app.openapi(routes.live, (c) => {
    const scope = authorize(c, 'read-views')
    return liveResponse(c, feed, { scope, filter: scopedQuery(scope, c.req.valid('query')) }) as never
  })

  app.openapi(routes.getStatistics, async (c) => {
    const parameters = scopedQuery(authorize(c, 'read-views'), c.req.valid('query'))
    return c.json(await statistics(c.get('caller'), parameters), 200)
  })

  app.openapi(routes.getView, async (c) => {
    const scope = authorize(c, 'read-views')
    const { id: orderId } = c.req.valid('param')
    const { after: eventId } = c.req.valid('query')
    // Another branch's order, and one whose branch is not known yet, is as one that does not exist: also for the wait.
    // (event-waiter.int.test: "cannot tell another branch's order from one that does not exist")
    const inScope = (view: OrderView | undefined) => ifInScope(scope, view)
    const found = inScope(await views.find(orderId))
    const isComplete = eventId === undefined || found?.timeline.some(({ id }) => id === eventId)
    if (isComplete) return c.json(toJson(orNotFound(found), scope), 200)
    const { wait } = parsePrefer(c.req.header('prefer'))
    const { signal } = c.req.raw
    const awaited = { orderId, eventId, isVisible: (view: OrderView) => inScope(view) !== undefined }
    const leave = wait && mayExist(eventId, Date.now()) ? takeWaitPlace(c, waiter.places) : undefined
    const applied = leave === undefined ? {} : { 'preference-applied': `wait=${wait}` }
    if (leave) c.get('leaveWork')()
    const view = wait && leave && (await waitForEvent(waiter, awaited, wait * 1000, signal).finally(leave))
    if (view) return c.json(toJson(view, scope), 200, applied)
    const title = 'The event has not arrived at the dashboard yet'
    const problem = { status: 404, code: 'event-not-arrived', title } as const
    throw new ProblemError(problem, { 'retry-after': '1', ...applied })
  })

  return app
}
