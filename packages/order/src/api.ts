import { authorize, ifInScope, requireInScope, scopedQuery } from '@saucery/chassis/auth/authorize'
import { causeOf } from '@saucery/chassis/http/cause'
import { pageResponse } from '@saucery/chassis/http/pages'
import {
  invalidFields,
  notFound,
  type Problem,
  ProblemError,
  storeUnavailable,
} from '@saucery/chassis/http/problem'
import { type Answer, answeringOnce, respond } from '@saucery/chassis/idempotency/answer-once'
import { type OpenApiApp, openApiApp } from '@saucery/chassis/openapi/app'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Published } from '@saucery/contracts/choreography'
import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import type { MiddlewareHandler } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { cancel, type Order, type OrderEvent, place, Refused } from './domain.ts'
import { waitPreferences } from './payment-wait/preferences.ts'
import type { PaymentWait } from './payment-wait/wait.ts'
import * as routes from './routes.ts'
import type { PaymentWaitSettings } from './settings.ts'
import { findOrder, listOrders } from './store.ts'

/** What is left, after a wait, for the last decision and the final answer. */
const finishWithinMs = 5000

export interface OrderApi {
  readonly db: Database
  readonly commit: Commit<Order, Published<'order'>, OrderEvent>
  readonly waiting: Pick<PaymentWait, 'placeAndWait'>
  readonly settings: PaymentWaitSettings
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

export function orderApi({ db, commit, waiting, settings, requireCaller, log }: OrderApi): OpenApiApp {
  const app = openApiApp(log, requireCaller, problemOf)
  const once = answeringOnce({ db, commit, problemOf })

  app.openapi(routes.placeOrder, async (c) => {
    const request = c.req.valid('json')
    requireInScope(authorize(c, 'place-orders'), request.branchId, { pointer: '/branchId' })
    const terms = waitPreferences(c.req.header('prefer'), settings)
    const orderId = uuidv7()
    const cause = causeOf(c)
    const placeOnce = (decide: () => ReturnType<typeof place>) =>
      once(c, {
        body: request,
        change: { key: orderId, cause, decide },
        answer: ({ state, events }) => ({
          status: terms.undecided,
          headers: {
            Location: `/orders/${orderId}`,
            'Event-Id': events[0]?.id,
            'Preference-Applied': terms.applied || undefined,
          },
          body: there(state),
        }),
        finalWithinMs: terms.waitMs > 0 ? terms.waitMs + finishWithinMs : undefined,
      })
    const { placed, order, payment } = await waiting
      .placeAndWait({
        orderId,
        cause,
        terms,
        place: (payBy) => placeOnce(() => place(orderId, request, payBy)),
      })
      .catch(async (error) => {
        const isKeyed = c.req.header('idempotency-key') !== undefined
        if (!isKeyed || !isUnavailable(error)) throw error
        // Nothing is placed now; but who asks again is told what became of the first time.
        const placed = await placeOnce(() => {
          throw error
        })
        return { placed, order: placed.answer.body, payment: 'undecided' as const }
      })
    if (placed.final) return respond(c, placed.answer)
    const { headers } = placed.answer
    if (payment === 'late')
      return respond(c, await placed.finish<Order, 201>({ problem: paymentTimeout, headers }))
    const status: 201 | 202 = payment === 'decided' ? 201 : terms.undecided
    return respond(
      c,
      await placed.finish({ headers, status, body: there(order) } as Answer<Order, typeof status>),
    )
  })

  app.openapi(routes.cancelOrder, async (c) => {
    const reach = authorize(c, 'cancel-orders')
    const key = c.req.valid('param').id
    const { answer } = await once(c, {
      change: { key, cause: causeOf(c), decide: (order) => cancel(ifInScope(reach, order), 'requested') },
      answer: ({ state, events }) => ({
        status: 202,
        headers: { 'Event-Id': events[0]?.id },
        body: there(state),
      }),
    })
    return respond(c, answer)
  })

  app.openapi(routes.listOrders, async (c) =>
    c.json(
      await pageResponse(
        c,
        scopedQuery(authorize(c, 'read-orders'), c.req.valid('query')),
        (query) => listOrders(db, query),
        ({ id }) => id,
      ),
      200,
    ),
  )

  app.openapi(routes.getOrder, async (c) => {
    const reach = authorize(c, 'read-orders')
    return c.json(there(ifInScope(reach, await findOrder(db, c.req.valid('param').id))), 200)
  })

  return app
}

const isUnavailable = (error: unknown) =>
  error instanceof ProblemError && error.problem.code === 'payment-unavailable'

function there(order: Order | undefined): Order {
  if (!order) throw notFound()
  return order
}

const paymentTimeout: Problem = {
  status: 503,
  code: 'payment-timeout',
  title: 'The payment did not come in time; the order is cancelled',
}

const refusals: Record<Refused['code'], Problem> = {
  'order-not-found': { status: 404, code: 'not-found', title: 'There is no such order' },
  'order-already-final': {
    status: 409,
    code: 'order-already-final',
    title: 'The order is final and cannot be cancelled',
  },
  'amount-too-large': invalidFields([
    { pointer: '/price', detail: 'qty × price is more than can be counted in whole won' },
  ]),
}

function problemOf(error: Error): Problem | undefined {
  if (error instanceof Refused) return refusals[error.code]
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
