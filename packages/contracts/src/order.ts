import { z } from 'zod'
import { defineEvent } from './define.ts'
import { exampleOrderId, itemId, orderId, qty, won } from './fields.ts'

const placedV1 = z.object({ orderId, branchId: itemId, sauceId: itemId, qty, price: won, amount: won })

/**
 * A valid `POST /orders` was committed. `price` is per unit, `amount` is `qty × price`, both in whole won. No charge
 * may begin after `payBy`, when the client stops waiting for the payment.
 */
export const OrderPlaced = defineEvent('OrderPlaced', 'orders.placed', 2, {
  schema: placedV1.extend({ payBy: z.iso.datetime({ precision: 3 }).optional() }),
  example: {
    orderId: exampleOrderId,
    branchId: '1',
    sauceId: '1',
    qty: 10,
    price: 10_000,
    amount: 100_000,
    payBy: '2024-11-27T20:44:47.721Z',
  },
  earlier: [{ schema: placedV1, upcast: (placed: z.infer<typeof placedV1>) => placed }],
})

/** The customer cancelled, or the wait for payment ran out. */
export const OrderCancelled = defineEvent('OrderCancelled', 'orders.cancelled', 1, {
  schema: z.object({ orderId, reason: z.enum(['requested', 'payment-timeout']) }),
  example: { orderId: exampleOrderId, reason: 'requested' },
})
