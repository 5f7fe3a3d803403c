import { type Api, openApi } from '@saucery/chassis/api'
import { narrowed, permitted, within } from '@saucery/chassis/callers'
import type { Log } from '@saucery/chassis/log'
import { pageOf } from '@saucery/chassis/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/problem'
import type { MiddlewareHandler } from 'hono'
import type { ViewQuery } from './reads.ts'
import * as routes from './routes.ts'
import { isStoreOutage, type ViewStore } from './store.ts'
import type { OrderView } from './view.ts'
import { type Deadlines, waitsFor } from './waiting.ts'

export interface DashboardApi {
  readonly views: ViewStore
  readonly deadlines: Deadlines
  readonly knowCaller: MiddlewareHandler
  readonly log: Log
}

export function dashboardApi({ views, deadlines, knowCaller, log }: DashboardApi): Api {
  const toJson = (view: OrderView) => jsonOf(view, deadlines, Date.now())
  const app = openApi(log, knowCaller, (error) => (isStoreOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listViews, async (c) => {
    const find = async (query: ViewQuery) => (await views.list(query)).map(toJson)
    const { overdue, ...asked } = narrowed(permitted(c, 'read-views'), c.req.valid('query'))
    const query = { ...asked, overdue: overdue && { deadlines, now: Date.now() } }
    return c.json(await pageOf(c, query, find, ({ orderId }) => orderId), 200)
  })

  app.openapi(routes.getView, async (c) => {
    const reach = permitted(c, 'read-views')
    const view = within(reach, await views.find(c.req.valid('param').id))
    if (!view) throw notFound()
    return c.json(toJson(view), 200)
  })

  return app
}

/** The order as it is shown at this moment. */
function jsonOf(view: OrderView, deadlines: Deadlines, now: number) {
  const { _id: orderId, payBy: _, timeline, ...told } = view
  const waiting = waitsFor(view, deadlines, now)
  return { orderId, ...told, ...(waiting && { waitsFor: waiting }), timeline }
}
