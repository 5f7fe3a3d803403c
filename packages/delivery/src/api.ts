import { authorize, ifInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { orNotFound, type Problem } from '@saucery/chassis/http/problem'
import { causeOf } from '@saucery/chassis/http/request-id'
import { type HttpAnswer, openAnswerOnce, respond } from '@saucery/chassis/idempotency/answer-once'
import { type ServiceApiDeps, serviceApp } from '@saucery/chassis/openapi/service-app'
import type { Context } from 'hono'
import { complete, type Delivery, fail, Refused, type VisibleDelivery } from './domain.ts'
import * as routes from './routes.ts'
import { type CommitDelivery, type DeliveryQuery, findDeliveries, findDelivery } from './store.ts'

interface DeliveryApiDeps extends ServiceApiDeps {
  readonly commit: CommitDelivery
  /** A delivery without a reported end has failed after this time. */
  readonly deadlineMs: number
}

export function deliveryApi(deps: DeliveryApiDeps) {
  const { db, commit, deadlineMs } = deps
  const app = serviceApp(deps, problemOf)
  const answerOnce = openAnswerOnce(db, commit, problemOf)

  async function report(c: Context, key: string, decide: typeof complete) {
    authorize(c, 'end-deliveries')
    const reported = await answerOnce(c, { change: { key, cause: causeOf(c), decide }, status: 200 })
    // A remembered cancel is refused: it is no delivery yet.
    return respond(c, reported as HttpAnswer<Exclude<VisibleDelivery, { status: 'STARTED' }>, 200>)
  }

  const withDueAt = (delivery: VisibleDelivery) =>
    delivery.status === 'STARTED'
      ? { ...delivery, dueAt: new Date(Date.parse(delivery.startedAt) + deadlineMs).toISOString() }
      : delivery

  app.openapi(routes.completeDelivery, (c) => report(c, c.req.valid('param').id, complete))
  app.openapi(routes.failDelivery, (c) =>
    report(c, c.req.valid('param').id, (delivery) => fail(delivery, 'undeliverable')),
  )

  app.openapi(routes.listDeliveries, async (c) => {
    const query = scopedQuery(authorize(c, 'read-deliveries'), c.req.valid('query'))
    const find = async (query: DeliveryQuery) => (await findDeliveries(db, query)).map(withDueAt)
    return c.json(await pageResponse(c, query, find, idOf), 200)
  })

  app.openapi(routes.getDelivery, async (c) => {
    const scope = authorize(c, 'read-deliveries')
    const found = orNotFound(ifInScope(scope, await findDelivery(db, c.req.valid('param').id)))
    return c.json(withDueAt(found), 200)
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

const problemOf = (error: Error) => (error instanceof Refused ? refusals[error.code] : undefined)
