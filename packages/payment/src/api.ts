import { narrowed, permitted, within } from '@saucery/chassis/auth/authorize'
import { pageOf } from '@saucery/chassis/http/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/http/problem'
import { type Api, openApi } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { MiddlewareHandler } from 'hono'
import * as routes from './routes.ts'
import { findPayment, listPayments } from './store.ts'

export interface PaymentApi {
  readonly db: Database
  readonly knowCaller: MiddlewareHandler
  readonly log: Log
}

export function paymentApi({ db, knowCaller, log }: PaymentApi): Api {
  const app = openApi(log, knowCaller, (error) => (isDatabaseOutage(error) ? storeUnavailable : undefined))

  app.openapi(routes.listPayments, async (c) =>
    c.json(
      await pageOf(
        c,
        narrowed(permitted(c, 'read-payments'), c.req.valid('query')),
        (query) => listPayments(db, query),
        ({ orderId }) => orderId,
      ),
      200,
    ),
  )

  app.openapi(routes.getPayment, async (c) => {
    const reach = permitted(c, 'read-payments')
    const payment = within(reach, await findPayment(db, c.req.valid('param').id))
    if (!payment) throw notFound()
    return c.json(payment, 200)
  })

  return app
}
