import { type Api, openApi } from '@saucery/chassis/api'
import type { Log } from '@saucery/chassis/log'
import { pageOf } from '@saucery/chassis/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/problem'
import * as routes from './routes.ts'
import { isStoreOutage, type ViewStore } from './store.ts'
import type { OrderView } from './view.ts'

export function dashboardApi({ views, log }: { views: ViewStore; log: Log }): Api {
  const app = openApi(log, (error) => (isStoreOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listViews, async (c) => {
    const find = async (query: Parameters<ViewStore['list']>[0]) => (await views.list(query)).map(toJson)
    return c.json(await pageOf(c, c.req.valid('query'), find, ({ orderId }) => orderId), 200)
  })

  app.openapi(routes.getView, async (c) => {
    const view = await views.find(c.req.valid('param').id)
    if (!view) throw notFound()
    return c.json(toJson(view), 200)
  })

  return app
}

const toJson = ({ _id, ...view }: OrderView) => ({ orderId: _id, ...view })
