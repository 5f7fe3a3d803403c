import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { notFound, storeUnavailable } from '@saucery/chassis/http/problem'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { MiddlewareHandler } from 'hono'
import * as routes from './routes.ts'
import { findPayment, listPayments } from './store.ts'

export interface PaymentApi {
  readonly db: Database
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function paymentApi({ db, requireCaller, log }: PaymentApi): OpenApiApp {
  const app = openApiApp(log, requireCaller, (error) =>
    isDatabaseOutage(error) ? storeUnavailable : undefined,
  )

  app.openapi(routes.listPayments, async (c) =>
    c.json(
      await pageResponse(
        c,
        scopedQuery(authorize(c, 'read-payments'), c.req.valid('query')),
        (query) => listPayments(db, query),
        ({ orderId }) => orderId,
      ),
      200,
    ),
  )

  app.openapi(routes.getPayment, async (c) => {
    const reach = authorize(c, 'read-payments')
    const payment = ifInScope(reach, await findPayment(db, c.req.valid('param').id))
    if (!payment) throw notFound()
    return c.json(payment, 200)
  })

  return app
}
