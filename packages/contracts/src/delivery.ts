import { z } from 'zod'
import { defineEvent } from './define.ts'
import { exampleOrderId, itemId, onlyOrderId, orderId, qty } from './fields.ts'

/** A paid order left for its branch. */
export const DeliveryStarted = defineEvent('DeliveryStarted', 'deliveries.started', 1, {
  schema: z.object({ orderId, branchId: itemId, sauceId: itemId, qty }),
  example: { orderId: exampleOrderId, branchId: '1', sauceId: '1', qty: 10 },
})

/** The delivery arrived. */
export const DeliveryCompleted = defineEvent('DeliveryCompleted', 'deliveries.completed', 1, onlyOrderId)

/** The courier reported it, or the delivery's deadline passed. */
export const failReason = z.enum(['undeliverable', 'overdue'])

/** The delivery did not arrive. */
export const DeliveryFailed = defineEvent('DeliveryFailed', 'deliveries.failed', 1, {
  schema: z.object({ orderId, reason: failReason }),
  example: { orderId: exampleOrderId, reason: 'undeliverable' },
})

/** A cancel came before the delivery arrived. */
export const DeliveryCancelled = defineEvent('DeliveryCancelled', 'deliveries.cancelled', 1, onlyOrderId)

/** A cancel came after the delivery arrived. */
export const CancellationRefused = defineEvent(
  'CancellationRefused',
  'deliveries.cancellation-refused',
  1,
  onlyOrderId,
)
