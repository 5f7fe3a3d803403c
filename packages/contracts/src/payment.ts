import { z } from 'zod'
import { defineEvent } from './define.ts'
import { exampleOrderId, itemId, onlyOrderId, orderId, qty, won } from './fields.ts'

/** The charge succeeded; carries what delivery needs to ship. */
export const PaymentApproved = defineEvent('PaymentApproved', 'payments.approved', 1, {
  schema: z.object({ orderId, branchId: itemId, sauceId: itemId, qty, amount: won }),
  example: { orderId: exampleOrderId, branchId: '1', sauceId: '1', qty: 10, amount: 100_000 },
})

/** The provider refused: `reason` is its code. Or its answer was unknown until the deadline: `provider-unavailable`. */
export const PaymentDeclined = defineEvent('PaymentDeclined', 'payments.declined', 1, {
  schema: z.object({ orderId, amount: won, reason: z.string().min(1).max(100) }),
  example: { orderId: exampleOrderId, amount: 2_000_000, reason: 'limit-exceeded' },
})

/** The order was cancelled before any charge began. */
export const PaymentVoided = defineEvent('PaymentVoided', 'payments.voided', 1, onlyOrderId)

/** The charge was given back. */
export const PaymentRefunded = defineEvent('PaymentRefunded', 'payments.refunded', 1, {
  schema: z.object({ orderId, amount: won }),
  example: { orderId: exampleOrderId, amount: 100_000 },
})
