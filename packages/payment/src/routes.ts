import { createRoute, z } from '@hono/zod-openapi'
import { listQuery } from '@saucery/chassis/http/lists'
import { pageSchema } from '@saucery/chassis/http/pages'
import {
  jsonResponse,
  linkHeader,
  listProblems,
  orderIdParam,
  problems,
  readProblems,
} from '@saucery/chassis/openapi/schemas'
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

export const listPayments = createRoute({
  method: 'get',
  path: '/payments',
  operationId: 'listPayments',
  summary: 'List payments, newest order first',
  tags: ['payments'],
  request: {
    query: listQuery(['PENDING', 'APPROVED', 'DECLINED', 'VOIDED', 'REFUNDED']),
  },
  responses: { 200: jsonResponse('A page', pageSchema(payment), linkHeader), ...listProblems },
})

export const getPayment = createRoute({
  method: 'get',
  path: '/payments/{id}',
  operationId: 'getPayment',
  summary: 'Get the payment of an order',
  tags: ['payments'],
  request: { params: orderIdParam },
  responses: {
    200: jsonResponse('The payment', payment),
    ...problems({ 404: 'The order has no payment' }),
    ...readProblems,
  },
})

export const paymentRoutes = [listPayments, getPayment]
