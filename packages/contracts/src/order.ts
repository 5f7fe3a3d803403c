import { z } from 'zod'
import { defineEvent } from './define.ts'
import { exampleOrderId, itemId, orderId, qty, won } from './parts.ts'

/** A valid `POST /orders` was committed. `price` is per unit, `amount` is `qty × price`, both in whole won. */
export const OrderPlaced = defineEvent('OrderPlaced', 'orders.placed', 1, {
  schema: z.object({ orderId, branchId: itemId, sauceId: itemId, qty, price: won, amount: won }),
  example: { orderId: exampleOrderId, branchId: '1', sauceId: '1', qty: 10, price: 10_000, amount: 100_000 },
})

/** The customer cancelled, or the wait for payment ran out. */
export const OrderCancelled = defineEvent('OrderCancelled', 'orders.cancelled', 1, {
  schema: z.object({ orderId, reason: z.enum(['requested', 'payment-timeout']) }),
  example: { orderId: exampleOrderId, reason: 'requested' },
})
