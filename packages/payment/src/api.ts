import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { orNotFound, type Problem, storeUnavailable } from '@saucery/chassis/http/problem'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { MiddlewareHandler } from 'hono'
import type { Payment } from './domain.ts'
import * as routes from './routes.ts'
import { findPayment, findPayments } from './store.ts'

export interface PaymentApiDeps {
  readonly db: Database
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function paymentApi({ db, requireCaller, log }: PaymentApiDeps): OpenApiApp {
  const app = openApiApp(log, requireCaller, problemOf)

  app.openapi(routes.listPayments, async (c) => {
    const query = scopedQuery(authorize(c, 'read-payments'), c.req.valid('query'))
    return c.json(await pageResponse(c, query, (query) => findPayments(db, query), idOf), 200)
  })

  app.openapi(routes.getPayment, async (c) => {
    const scope = authorize(c, 'read-payments')
    return c.json(orNotFound(ifInScope(scope, await findPayment(db, c.req.valid('param').id))), 200)
  })

  return app
}

const idOf = ({ orderId }: Payment) => orderId

function problemOf(error: Error): Problem | undefined {
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
