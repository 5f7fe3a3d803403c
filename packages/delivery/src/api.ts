import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { causeOf } from '@saucery/chassis/http/cause'
import { pageResponse } from '@saucery/chassis/http/pages'
import { notFound, type Problem, storeUnavailable } from '@saucery/chassis/http/problem'
import { answeringOnce, respond } from '@saucery/chassis/idempotency/answer-once'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { Context, MiddlewareHandler } from 'hono'
import { complete, type Delivery, fail, Refused } from './domain.ts'
import type { CommitDelivery } from './reactions.ts'
import * as routes from './routes.ts'
import { findDelivery, listDeliveries, type VisibleDelivery } from './store.ts'

export interface DeliveryApi {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function deliveryApi({ db, commit, requireCaller, log }: DeliveryApi): OpenApiApp {
  const app = openApiApp(log, requireCaller, problemOf)
  const once = answeringOnce({ db, commit, problemOf })

  async function change(
    c: Context,
    key: string,
    decide: (delivery: Delivery | undefined) => ReturnType<typeof complete>,
  ) {
    authorize(c, 'end-deliveries')
    const { answer } = await once(c, {
      change: { key, cause: causeOf(c), decide },
      answer: ({ state, events }) => ({
        status: 200,
        headers: { 'Event-Id': events[0]?.id },
        body: there(state as VisibleDelivery | undefined),
      }),
    })
    return respond(c, answer)
  }

  app.openapi(routes.completeDelivery, (c) => change(c, c.req.valid('param').id, complete))
  app.openapi(routes.failDelivery, (c) =>
    change(c, c.req.valid('param').id, (delivery) => fail(delivery, 'undeliverable')),
  )

  app.openapi(routes.listDeliveries, async (c) =>
    c.json(
      await pageResponse(
        c,
        scopedQuery(authorize(c, 'read-deliveries'), c.req.valid('query')),
        (query) => listDeliveries(db, query),
        ({ orderId }) => orderId,
      ),
      200,
    ),
  )

  app.openapi(routes.getDelivery, async (c) => {
    const reach = authorize(c, 'read-deliveries')
    return c.json(there(ifInScope(reach, await findDelivery(db, c.req.valid('param').id))), 200)
  })

  return app
}

function there(delivery: VisibleDelivery | undefined): VisibleDelivery {
  if (!delivery) throw notFound()
  return delivery
}

const refusals: Record<Refused['code'], Problem> = {
  'delivery-not-found': { status: 404, code: 'not-found', title: 'There is no such delivery' },
  'delivery-already-final': {
    status: 409,
    code: 'delivery-already-final',
    title: 'The delivery is final: it arrived, failed or was cancelled',
  },
}

function problemOf(error: Error): Problem | undefined {
  if (error instanceof Refused) return refusals[error.code]
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
