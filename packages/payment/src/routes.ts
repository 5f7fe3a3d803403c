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

const payment = z
  .union([
    z.object({ ...charge, status: z.enum(['PENDING', 'APPROVED', 'REFUNDED']) }),
    z.object({ ...charge, status: z.literal('DECLINED'), reason: z.string() }),
    z.object({ orderId: z.uuid(), status: z.literal('VOIDED') }),
  ])
  .openapi('Payment')

const statuses = ['PENDING', 'APPROVED', 'DECLINED', 'VOIDED', 'REFUNDED'] as const
const tags = ['payments']

export const listPayments = listRoute('/payments', payment, statuses, {
  operationId: 'listPayments',
  summary: 'List payments, newest order first',
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
