import type { DeliveryInfo } from 'nats'
import type { Again } from '../events/event.ts'

/**
 * Why a message may have been handled before; undefined at its first delivery. A consumer that was made after the
 * message was stored reads what its predecessor has read: a replay.
 * @param consumerCreated in ms since 1970, by the broker's clock
 */
export function againOf(
  { consumer, deliveryCount, timestampNanos }: DeliveryInfo,
  consumerCreated = Number.NEGATIVE_INFINITY,
): Again | undefined {
  // No consumer has delivered what the comparison reads from the stream.
  if (!consumer) return 'comparison'
  if (deliveryCount > 1) return 'redelivery'
  return timestampNanos / 1e6 < consumerCreated ? 'replay' : undefined
}
