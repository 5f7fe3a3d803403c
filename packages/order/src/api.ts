import type { Log } from '@saucery/chassis/log'
import { type Problem, problemHandlers, storeUnavailable } from '@saucery/chassis/problem'
import { causeOf, idOf, notFound, pageOf, pageQuery, readBody, readQuery } from '@saucery/chassis/request'
import type { Said } from '@saucery/contracts/choreography'
import { itemId, qty, won } from '@saucery/contracts/parts'
import { statuses } from '@saucery/contracts/status'
import { type Database, isDatabaseOutage } from '@saucery/messaging/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { cancel, type Order, type OrderFact, place, Refused } from './domain.ts'
import { findOrder, listOrders } from './store.ts'

const id = z.union([itemId, z.int().min(0).transform(String)], {
  error: 'must be 1 to 64 printable characters without spaces, or a whole number',
})
const placeBody = z.strictObject({ branchId: id, sauceId: id, qty, price: won })
const listQuery = z.object({
  ...pageQuery,
  status: z.enum(statuses).optional(),
  branchId: itemId.optional(),
  orderId: z.uuid().optional(),
})

export interface OrderApi {
  readonly db: Database
  readonly commit: Commit<Order, Said<'order'>, OrderFact>
  readonly log: Log
}

export function orderApi({ db, commit, log }: OrderApi): Hono {
  const app = new Hono()
  const { onError, notFound: noRoute } = problemHandlers(log, problemOf)
  app.onError(onError)
  app.notFound(noRoute)

  app.post('/orders', async (c) => {
    const request = await readBody(c, placeBody)
    const orderId = uuidv7()
    const { state, events } = await commit({
      key: orderId,
      cause: causeOf(c),
      decide: () => place(orderId, request),
    })
    c.header('Location', `/orders/${orderId}`)
    c.header('Event-Id', events[0]?.id)
    return c.json(state, 201)
  })

  app.post('/orders/:id/cancel', async (c) => {
    const { state, events } = await commit({
      key: idOf(c),
      cause: causeOf(c),
      decide: (order) => cancel(order, 'requested'),
    })
    if (events[0]) c.header('Event-Id', events[0].id)
    return c.json(state, 202)
  })

  app.get('/orders', async (c) => {
    const { limit, cursor, ...filter } = readQuery(c, listQuery)
    const orders = await listOrders(db, { ...filter, before: cursor, limit: limit + 1 })
    return c.json(pageOf(orders, limit, (order) => order.id))
  })

  app.get('/orders/:id', async (c) => {
    const order = await findOrder(db, idOf(c))
    if (!order) throw notFound()
    return c.json(order)
  })

  return app
}

const refusals: Record<Refused['code'], Problem> = {
  'order-not-found': { status: 404, code: 'not-found', title: 'There is no such order' },
  'order-already-final': {
    status: 409,
    code: 'order-already-final',
    title: 'The order is final and cannot be cancelled',
  },
  'amount-too-large': {
    status: 422,
    code: 'invalid-input',
    title: 'The input is not valid',
    errors: [{ pointer: '/price', detail: 'qty × price is more than can be counted in whole won' }],
  },
}

function problemOf(error: Error): Problem | undefined {
  if (error instanceof Refused) return refusals[error.code]
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
