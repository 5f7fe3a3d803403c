import { z } from '@hono/zod-openapi'
import { getRoute, listRoute } from '@saucery/chassis/openapi/read-routes'
import { itemId, qty, won } from '@saucery/contracts/fields'

const charge = {
  orderId: z.uuid(),
  branchId: itemId,
  sauceId: itemId,
  qty,
  amount: won.describe('In whole won'),
}

const provider = z
  .object({
    asked: z.enum(['charge', 'refund']),
    attempts: z.int().min(1).describe('Calls so far, with the present one'),
    since: z.iso.datetime(),
    nextAttemptAt: z.iso.datetime().describe('When it is asked again, if no answer comes before'),
    lastError: z.string().describe('Why the last outcome is unknown'),
  })
  .partial({ since: true, nextAttemptAt: true, lastError: true })
  .describe('What the provider is asked for, until its answer is known')

const payment = z
  .union([
    z.object({ ...charge, status: z.enum(['PENDING', 'VOID_PENDING', 'REFUND_PENDING']), provider }),
    z.object({ ...charge, status: z.enum(['APPROVED', 'REFUNDED']) }),
    z.object({ ...charge, status: z.literal('DECLINED'), reason: z.string() }),
    z.object({ orderId: z.uuid(), status: z.literal('VOIDED') }),
  ])
  .openapi('Payment')

const statuses = [
  'PENDING',
  'VOID_PENDING',
  'APPROVED',
  'DECLINED',
  'VOIDED',
  'REFUND_PENDING',
  'REFUNDED',
] as const
const tags = ['payments']

export const listPayments = listRoute('/payments', payment, statuses, {
  operationId: 'listPayments',
  summary: 'List payments',
  tags,
})

export const getPayment = getRoute('/payments/{id}', payment, {
  operationId: 'getPayment',
  summary: 'Get the payment of an order',
  tags,
  found: 'The payment',
  missing: 'The order has no payment',
})

export const paymentRoutes = [listPayments, getPayment]
