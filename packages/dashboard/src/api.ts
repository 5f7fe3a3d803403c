import type { Log } from '@saucery/chassis/log'
import { problemHandlers, storeUnavailable } from '@saucery/chassis/problem'
import { idOf, notFound, pageOf, pageQuery, readQuery } from '@saucery/chassis/request'
import { itemId } from '@saucery/contracts/parts'
import { statuses } from '@saucery/contracts/status'
import { Hono } from 'hono'
import { z } from 'zod'
import { isStoreOutage, type ViewStore } from './store.ts'
import type { OrderView } from './view.ts'

const listQuery = z.object({
  ...pageQuery,
  status: z.enum(statuses).optional(),
  branchId: itemId.optional(),
})

export function dashboardApi({ views, log }: { views: ViewStore; log: Log }): Hono {
  const app = new Hono()
  const { onError, notFound: noRoute } = problemHandlers(log, (error) =>
    isStoreOutage(error) ? storeUnavailable : undefined,
  )
  app.onError(onError)
  app.notFound(noRoute)

  app.get('/orderDashboards', async (c) => {
    const { limit, cursor, ...filter } = readQuery(c, listQuery)
    const found = await views.list({ ...filter, before: cursor, limit: limit + 1 })
    return c.json(pageOf(found.map(toJson), limit, ({ orderId }) => orderId))
  })

  app.get('/orderDashboards/:id', async (c) => {
    const view = await views.find(idOf(c))
    if (!view) throw notFound()
    return c.json(toJson(view))
  })

  return app
}

const toJson = ({ _id, ...view }: OrderView) => ({ orderId: _id, ...view })
