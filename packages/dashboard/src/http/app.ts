import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { parsePrefer } from '@saucery/chassis/http/prefer'
import {
  invalidFields,
  notFound,
  type Problem,
  ProblemError,
  storeUnavailable,
} from '@saucery/chassis/http/problem'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Scope } from '@saucery/contracts/access/scope'
import type { MiddlewareHandler } from 'hono'
import type { Feed } from '../live/feed.ts'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewQuery } from '../store/view-queries.ts'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'
import { queryOf, statisticsOf } from '../view/statistics.ts'
import type { Deadlines } from '../view/waits-for.ts'
import type { EventWaiter } from './event-waiter.ts'
import { followed } from './live.ts'
import * as routes from './routes.ts'
import { shareAnswers } from './shared-answers.ts'
import { viewToJson } from './to-json.ts'

export interface DashboardApi {
  readonly views: ViewStore
  readonly arrivals: EventWaiter
  readonly feed: Feed
  readonly deadlines: Deadlines
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function dashboardApi({
  views,
  arrivals,
  feed,
  deadlines,
  requireCaller,
  log,
}: DashboardApi): OpenApiApp {
  const toJson = viewToJson(deadlines)
  // They look at every order of a time, and every page asks for them every few seconds.
  const share = shareAnswers<ReturnType<typeof statisticsOf>>()
  const app = openApiApp(log, requireCaller, (error) => (isStoreOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listViews, async (c) => {
    const find = async (query: ViewQuery) => (await views.list(query)).map(toJson)
    const { overdue, ...asked } = scopedQuery(authorize(c, 'read-views'), c.req.valid('query'))
    const query = { ...asked, overdue: overdue && { deadlines, now: Date.now() } }
    return c.json(await pageResponse(c, query, find, ({ orderId }) => orderId), 200)
  })

  app.openapi(
    routes.live,
    (c) => followed(c, feed, scopedQuery(authorize(c, 'read-views'), c.req.valid('query'))) as never,
  )

  app.openapi(routes.getStatistics, async (c) => {
    const asked = scopedQuery(authorize(c, 'read-views'), c.req.valid('query'))
    const query = queryOf(asked, Date.now())
    if ('parameter' in query) throw new ProblemError(invalidFields([query]))
    const { since, until, stepMs, branchId } = asked
    const found = await share(JSON.stringify([since, until, stepMs, branchId]), async () => {
      const [placed, took] = await Promise.all([views.countPlaced(query), views.durations(query)])
      return statisticsOf(query, placed, took)
    })
    return c.json(found, 200)
  })

  app.openapi(routes.getView, async (c) => {
    const reach = authorize(c, 'read-views')
    const { id: orderId } = c.req.valid('param')
    const { after } = c.req.valid('query')
    const first = await views.find(orderId)
    if (after === undefined) return c.json(toJson(shown(reach, first)), 200)
    // Whose order it is may be heard of later.
    if (first?.branchId !== undefined) shown(reach, first)
    if (has(first, after)) return c.json(toJson(shown(reach, first)), 200)
    const { wait } = parsePrefer(c.req.header('prefer'))
    const waiting = wait && arrivals.wait({ orderId, eventId: after }, wait * 1000, c.req.raw.signal)
    const applied = waiting ? { 'preference-applied': `wait=${wait}` } : {}
    const view = await (waiting ? waiting.view : undefined)
    if (view) return c.json(toJson(shown(reach, view)), 200, applied)
    throw new ProblemError(notArrived, { 'retry-after': '1', ...applied })
  })

  return app
}

const has = (view: OrderView | undefined, eventId: string) =>
  view?.timeline.some(({ id }) => id === eventId) ?? false

function shown(reach: Scope, view: OrderView | undefined): OrderView {
  const found = ifInScope(reach, view)
  if (!found) throw notFound()
  return found
}

const notArrived: Problem = {
  status: 404,
  code: 'event-not-arrived',
  title: 'The dashboard has not heard of this event yet',
}
