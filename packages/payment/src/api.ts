import { type Api, openApi } from '@saucery/chassis/api'
import type { Log } from '@saucery/chassis/log'
import { pageOf } from '@saucery/chassis/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/problem'
import { type Database, isDatabaseOutage } from '@saucery/messaging/database'
import * as routes from './routes.ts'
import { findPayment, listPayments } from './store.ts'

export function paymentApi({ db, log }: { db: Database; log: Log }): Api {
  const app = openApi(log, (error) => (isDatabaseOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listPayments, async (c) =>
    c.json(
      await pageOf(
        c,
        c.req.valid('query'),
        (query) => listPayments(db, query),
        ({ orderId }) => orderId,
      ),
      200,
    ),
  )

  app.openapi(routes.getPayment, async (c) => {
    const payment = await findPayment(db, c.req.valid('param').id)
    if (!payment) throw notFound()
    return c.json(payment, 200)
  })

  return app
}
