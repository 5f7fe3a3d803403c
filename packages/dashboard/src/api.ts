import { type Api, openApi } from '@saucery/chassis/api'
import { narrowed, permitted, within } from '@saucery/chassis/callers'
import type { Log } from '@saucery/chassis/log'
import { pageOf } from '@saucery/chassis/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/problem'
import type { MiddlewareHandler } from 'hono'
import * as routes from './routes.ts'
import { isStoreOutage, type ViewStore } from './store.ts'
import type { OrderView } from './view.ts'

export interface DashboardApi {
  readonly views: ViewStore
  readonly knowCaller: MiddlewareHandler
  readonly log: Log
}

export function dashboardApi({ views, knowCaller, log }: DashboardApi): Api {
  const app = openApi(log, knowCaller, (error) => (isStoreOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listViews, async (c) => {
    const find = async (query: Parameters<ViewStore['list']>[0]) => (await views.list(query)).map(toJson)
    const query = narrowed(permitted(c, 'read-views'), c.req.valid('query'))
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

const toJson = ({ _id, ...view }: OrderView) => ({ orderId: _id, ...view })
