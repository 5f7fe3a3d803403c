import { authorize, ifInScope, requireInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { takeWaitPlace } from '@saucery/chassis/auth/take-wait-place'
import { pageResponse } from '@saucery/chassis/http/pages'
import { invalidFields, orNotFound, type Problem } from '@saucery/chassis/http/problem'
import { causeOf } from '@saucery/chassis/http/request-id'
import type { WaitPlaces } from '@saucery/chassis/http/wait-places'
import {
  type HttpAnswer,
  openAnswerOnce,
  type ProblemAnswer,
  respond,
} from '@saucery/chassis/idempotency/answer-once'
import { type ServiceApiDeps, serviceApp } from '@saucery/chassis/openapi/service-app'
import { v7 as uuidv7 } from 'uuid'
import { cancel, type Order, place, Refused } from './domain.ts'
import { type PaymentWaitSettings, waitPreferences } from './payment-wait/preferences.ts'
import { beginWait, type PaymentWaitDeps, type WaitOutcome } from './payment-wait/wait.ts'
import * as routes from './routes.ts'
import { findOrder, findOrders } from './store.ts'

interface OrderApiDeps extends ServiceApiDeps, PaymentWaitDeps {
  readonly settings: PaymentWaitSettings
  readonly waitPlaces: WaitPlaces
}

export function orderApi(deps: OrderApiDeps) {
  const { db, commit, settings } = deps
  const app = serviceApp(deps, problemOf)
  const answerOnce = openAnswerOnce(db, commit, problemOf)

  app.openapi(routes.placeOrder, async (c) => {
    const input = c.req.valid('json')
    requireInScope(authorize(c, 'place-orders'), input.branchId, { pointer: '/branchId' })
    const preferences = waitPreferences(c.req.header('prefer'), settings)
    const orderId = uuidv7()
    const cause = causeOf(c)
    // Begun before the order is placed: payment may decide before `answerOnce` resolves.
    using wait = beginWait(deps, orderId, preferences, () =>
      takeWaitPlace(c, deps.waitPlaces, input.branchId),
    )
    const placed = await answerOnce(c, {
      input,
      refusal: wait.refusal,
      change: { key: orderId, cause, decide: () => place(orderId, input, wait.payBy) },
      status: preferences.undecidedStatus,
      headers: {
        Location: `/orders/${orderId}`,
        'Preference-Applied': wait.applied,
      },
      finalWithinMs: wait.finalWithinMs,
    })
    if (placed.isFinal) {
      wait.skip()
      return respond(c, placed)
    }
    c.get('leaveWork')()
    const outcome = await wait.outcome(placed.body.id, cause)
    return respond(c, await placed.finish(answerTo(outcome, placed)))
  })

  app.openapi(routes.cancelOrder, async (c) => {
    const scope = authorize(c, 'cancel-orders')
    const key = c.req.valid('param').id
    const decide = (order: Order | undefined) => cancel(ifInScope(scope, order), 'requested')
    const answer = await answerOnce(c, { change: { key, cause: causeOf(c), decide }, status: 202 })
    // A stored answer may be from a time when the caller had another branch.
    // (authorization.int.test: "does not get an answer of the branch that its caller had before")
    return respond(c, { ...answer, body: orNotFound(ifInScope(scope, answer.body)) })
  })

  app.openapi(routes.listOrders, async (c) => {
    const query = scopedQuery(authorize(c, 'read-orders'), c.req.valid('query'))
    return c.json(await pageResponse(c, query, (query) => findOrders(db, query), idOf), 200)
  })

  app.openapi(routes.getOrder, async (c) => {
    const scope = authorize(c, 'read-orders')
    return c.json(orNotFound(ifInScope(scope, await findOrder(db, c.req.valid('param').id))), 200)
  })

  return app
}

const idOf = ({ id }: Order) => id

/** The final answer to a request that waited. */
const answerTo = (
  { order, payment }: WaitOutcome,
  { headers, status }: HttpAnswer<Order, 201 | 202>,
): HttpAnswer<Order, 201 | 202> | ProblemAnswer =>
  payment === 'timed-out'
    ? { problem: paymentTimeout, headers }
    : { headers, status: payment === 'decided' ? 201 : status, body: orNotFound(order) }

const paymentTimeout: Problem = {
  status: 503,
  code: 'payment-timeout',
  title: 'The payment did not come in time; the order is cancelled',
}

const refusals: Record<Refused['code'], Problem> = {
  'order-not-found': { status: 404, code: 'not-found', title: 'The order does not exist' },
  'order-already-final': {
    status: 409,
    code: 'order-already-final',
    title: 'The order is final and cannot be cancelled',
  },
  'amount-too-large': invalidFields([
    { pointer: '/price', detail: 'qty × price is more than can be counted in whole won' },
  ]),
}

const problemOf = (error: Error) => (error instanceof Refused ? refusals[error.code] : undefined)
