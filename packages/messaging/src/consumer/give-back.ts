import type { JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { fieldsOfMessage } from './log-fields.ts'
import type { PolicyOptions } from './policy.ts'

/** Short, because the broker may hand the event to this replica again and again. */
const maxDelayMs = 5000

/**
 * Gives an event that this replica does not know back to the broker, for a newer replica that shares the consumer
 * during a deploy. After a rollback no replica may know it, so both the deliveries of one event and the events that
 * wait at the same time are limited: the others have to be delivered meanwhile.
 * (versions.int.test: "handles each event of a new kind while an old replica runs and restarts")
 * @returns the delay in ms; undefined when the limits are reached: then the event becomes a dead letter, which a newer
 *   version can retry
 */
export function openGiveBack({ maxAckPending, maxGivenBack, log }: PolicyOptions) {
  const maxWaiting = maxAckPending / 4
  let waiting = 0
  return (message: JsMsg, error: Error): number | undefined => {
    const { deliveryCount: deliveries } = message.info
    if (deliveries > maxGivenBack || waiting >= maxWaiting) return undefined
    const ms = retryDelay(deliveries, { maxMs: maxDelayMs })
    waiting += 1
    setTimeout(() => {
      waiting -= 1
    }, ms).unref()
    const fields = { reason: error.message, ...fieldsOfMessage(message) }
    // During a deploy there may be thousands.
    if (waiting === 1) log.info(fields, 'event unknown here, given back for a newer replica')
    else log.debug(fields, 'event unknown here, given back, too')
    message.nak(ms)
    return ms
  }
}
