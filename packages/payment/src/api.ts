import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { orNotFound } from '@saucery/chassis/http/problem'
import { type ServiceApiDeps, serviceApp } from '@saucery/chassis/openapi/service-app'
import type { Payment } from './domain.ts'
import * as routes from './routes.ts'
import { findPayment, findPayments } from './store.ts'

export function paymentApi(deps: ServiceApiDeps) {
  const { db } = deps
  const app = serviceApp(deps)

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
