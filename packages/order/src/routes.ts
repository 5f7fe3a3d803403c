import { createRoute, z } from '@hono/zod-openapi'
import { pageQuery, pageSchema } from '@saucery/chassis/http/pages'
import {
  bodyProblems,
  changeProblems,
  eventIdHeader,
  idempotencyKeyHeader,
  jsonResponse,
  linkHeader,
  listProblems,
  orderIdParam,
  problems,
  readProblems,
} from '@saucery/chassis/openapi/schemas'
import { choreography } from '@saucery/contracts/choreography'
import { itemId, qty, won } from '@saucery/contracts/fields'
import { statuses } from '@saucery/contracts/status'

const { publishes, consumes } = choreography.order
const facts = z.enum([...publishes, ...consumes].map(({ event }) => event))

const order = z
  .object({
    id: z.uuid(),
    branchId: itemId,
    sauceId: itemId,
    qty,
    price: won.describe('Per unit, in whole won'),
    amount: won.describe('`qty × price`'),
    facts: z.array(facts).readonly().describe('The events that happened to it'),
    status: z.enum(statuses),
    placedAt: z.iso.datetime(),
  })
  .openapi('Order')

const id = z
  .union([itemId, z.int().min(0).transform(String)], {
    error: 'must be 1 to 64 printable characters without spaces, or a whole number',
  })
  .openapi({ example: '1' })

const request = z
  .strictObject({ branchId: id, sauceId: id, qty, price: won })
  .openapi('OrderRequest', { example: { branchId: '1', sauceId: '1', qty: 10, price: 10_000 } })

const placed = z.object({
  Location: z.string(),
  ...eventIdHeader.shape,
  'Preference-Applied': z.string().optional().describe('What of `Prefer` is done, RFC 7240'),
})

const prefer = z.object({
  prefer: z
    .string()
    .optional()
    .openapi({
      description:
        'RFC 7240. `wait=N`: wait up to N seconds, 60 at most, for the payment. `handling=strict` with it: without ' +
        'a payment in time the order is cancelled. `handling=lenient`, `respond-async`: not that, where the service ' +
        'is set to it. What is malformed or unknown is ignored.',
      example: 'wait=5',
    }),
})

export const placeOrder = createRoute({
  method: 'post',
  path: '/orders',
  operationId: 'placeOrder',
  summary: 'Place an order',
  tags: ['orders'],
  request: {
    headers: idempotencyKeyHeader.extend(prefer.shape),
    body: { content: { 'application/json': { schema: request } }, required: true },
  },
  responses: {
    201: jsonResponse('The order, placed; with what payment decided, if that was waited for', order, placed),
    202: jsonResponse('The order, placed; payment has not decided within the wait', order, placed),
    ...bodyProblems,
    ...problems({
      503:
        '`store-unavailable`: the store cannot be reached. `payment-timeout`: the payment had to come in time and ' +
        'did not; the order is cancelled. `payment-unavailable`: payments take too long at present; nothing was ' +
        'placed. Try again after `Retry-After` seconds',
    }),
  },
})

export const cancelOrder = createRoute({
  method: 'post',
  path: '/orders/{id}/cancel',
  operationId: 'cancelOrder',
  summary: 'Ask for an order to be cancelled',
  tags: ['orders'],
  request: { headers: idempotencyKeyHeader, params: orderIdParam },
  responses: {
    202: jsonResponse('The order, with the cancel that was asked for', order, eventIdHeader),
    ...problems({ 404: 'There is no such order' }),
    ...changeProblems('The order is final'),
  },
})

export const listOrders = createRoute({
  method: 'get',
  path: '/orders',
  operationId: 'listOrders',
  summary: 'Orders, the newest first',
  tags: ['orders'],
  request: {
    query: z.object({
      ...pageQuery,
      status: z.enum(statuses).optional(),
      branchId: itemId.optional(),
      orderId: z.uuid().optional(),
    }),
  },
  responses: { 200: jsonResponse('A page', pageSchema(order), linkHeader), ...listProblems },
})

export const getOrder = createRoute({
  method: 'get',
  path: '/orders/{id}',
  operationId: 'getOrder',
  summary: 'One order',
  tags: ['orders'],
  request: { params: orderIdParam },
  responses: {
    200: jsonResponse('The order', order),
    ...problems({ 404: 'There is no such order' }),
    ...readProblems,
  },
})

export const orderRoutes = [placeOrder, cancelOrder, listOrders, getOrder]
