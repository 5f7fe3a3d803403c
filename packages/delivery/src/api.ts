import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { orNotFound, type Problem, storeUnavailable } from '@saucery/chassis/http/problem'
import { causeOf } from '@saucery/chassis/http/request-id'
import { openAnswerOnce, respond } from '@saucery/chassis/idempotency/answer-once'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { Context, MiddlewareHandler } from 'hono'
import { complete, type Delivery, fail, Refused, type VisibleDelivery } from './domain.ts'
import * as routes from './routes.ts'
import { type CommitDelivery, findDeliveries, findDelivery } from './store.ts'

export interface DeliveryApiDeps {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function deliveryApi({ db, commit, requireCaller, log }: DeliveryApiDeps): OpenApiApp {
  const app = openApiApp(log, requireCaller, problemOf)
  const answerOnce = openAnswerOnce(db, commit, problemOf)

  async function report(
    c: Context,
    key: string,
    decide: (delivery: Delivery | undefined) => ReturnType<typeof complete>,
  ) {
    authorize(c, 'end-deliveries')
    const reported = await answerOnce(c, {
      change: { key, cause: causeOf(c), decide },
      answer: ({ state, events }) => ({
        status: 200,
        headers: { 'Event-Id': events[0]?.id },
        body: orNotFound(state as VisibleDelivery | undefined),
      }),
    })
    return respond(c, reported)
  }

  app.openapi(routes.completeDelivery, (c) => report(c, c.req.valid('param').id, complete))
  app.openapi(routes.failDelivery, (c) =>
    report(c, c.req.valid('param').id, (delivery) => fail(delivery, 'undeliverable')),
  )

  app.openapi(routes.listDeliveries, async (c) => {
    const query = scopedQuery(authorize(c, 'read-deliveries'), c.req.valid('query'))
    return c.json(await pageResponse(c, query, (query) => findDeliveries(db, query), idOf), 200)
  })

  app.openapi(routes.getDelivery, async (c) => {
    const scope = authorize(c, 'read-deliveries')
    return c.json(orNotFound(ifInScope(scope, await findDelivery(db, c.req.valid('param').id))), 200)
  })

  return app
}

const idOf = ({ orderId }: Delivery) => orderId

const refusals: Record<Refused['code'], Problem> = {
  'delivery-not-found': { status: 404, code: 'not-found', title: 'The delivery does not exist' },
  'delivery-already-final': {
    status: 409,
    code: 'delivery-already-final',
    title: 'The delivery is final: it was completed, failed or was cancelled',
  },
}

function problemOf(error: Error): Problem | undefined {
  if (error instanceof Refused) return refusals[error.code]
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
