import { createRoute, z } from '@hono/zod-openapi'
import { getRoute, listRoute } from '@saucery/chassis/openapi/read-routes'
import {
  bodyProblems,
  busy,
  changeProblems,
  eventIdHeader,
  idempotencyKeyHeader,
  jsonResponse,
  orderIdParam,
  problems,
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

/** A whole number, or its decimal digits in a string, as command lines send it. */
function orDigits({ minValue, maxValue }: typeof qty) {
  const [from, to] = [Number(minValue), Number(maxValue)]
  const number = z.int().min(from).max(to).openapi({ format: 'int64' })
  const digits = z
    .string()
    .regex(/^(0|[1-9][0-9]{0,15})$/)
    .openapi({ format: 'int64' })
  return z.union([number, digits.transform(Number).pipe(number)], {
    error: `must be a whole number from ${from} to ${to}`,
  })
}

const request = z
  .strictObject({
    branchId: id,
    sauceId: id,
    qty: orDigits(qty),
    price: orDigits(won),
  })
  .openapi('OrderRequest', { example: { branchId: '1', sauceId: '1', qty: 10, price: 10_000 } })

const placed = z.object({
  Location: z.string(),
  ...eventIdHeader.shape,
  'Preference-Applied': z
    .string()
    .optional()
    .describe('The preferences of `Prefer` that were applied, RFC 7240'),
})

const prefer = z.object({
  prefer: z
    .string()
    .optional()
    .openapi({
      description:
        'RFC 7240. `wait=N`: wait up to N seconds, at most 60, for the payment. With `handling=strict` too, the order ' +
        'is cancelled if the payment does not come in time. `handling=lenient` and `respond-async` overrule a service ' +
        'that is strict by default. While too many requests wait, or payments are late, a lenient one is answered at once, ' +
        'without `Preference-Applied`. Malformed and unknown preferences are ignored.',
      example: 'wait=5',
    }),
})

const tags = ['orders']

export const placeOrder = createRoute({
  method: 'post',
  path: '/orders',
  operationId: 'placeOrder',
  summary: 'Place an order',
  tags,
  request: {
    headers: idempotencyKeyHeader.extend(prefer.shape),
    body: { content: { 'application/json': { schema: request } }, required: true },
  },
  responses: {
    201: jsonResponse(
      'The order was placed. After a wait it includes the decision of payment',
      order,
      placed,
    ),
    202: jsonResponse('The order was placed. Payment has not decided on it yet', order, placed),
    ...bodyProblems,
    ...problems({
      503:
        `\`store-unavailable\`: the database cannot be reached. ${busy}. ` +
        '`payment-timeout`: the payment did not come in time and the order is cancelled. ' +
        '`payment-unavailable`: payments are too slow at the moment and no order was placed. ' +
        '`too-many-waits`: too many strict requests wait and no order was placed. Try again after `Retry-After` seconds',
    }),
  },
})

export const cancelOrder = createRoute({
  method: 'post',
  path: '/orders/{id}/cancel',
  operationId: 'cancelOrder',
  summary: 'Request the cancellation of an order',
  tags,
  request: { headers: idempotencyKeyHeader, params: orderIdParam },
  responses: {
    202: jsonResponse('The order; its cancellation was requested', order, eventIdHeader),
    ...problems({ 404: 'The order does not exist' }),
    ...changeProblems('The order is final'),
  },
})

export const listOrders = listRoute('/orders', order, statuses, {
  operationId: 'listOrders',
  summary: 'List orders',
  tags,
})

export const getOrder = getRoute('/orders/{id}', order, {
  operationId: 'getOrder',
  summary: 'Get an order',
  tags,
  found: 'The order',
  missing: 'The order does not exist',
})

export const orderRoutes = [placeOrder, cancelOrder, listOrders, getOrder]
