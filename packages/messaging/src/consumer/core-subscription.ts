import { parseEvent } from '../events/cloud-events.ts'
import type { Event, EventType, Fact } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'

interface Options<F extends Fact> {
  readonly broker: Broker
  readonly publisher: string
  /** Types of one family, so that their subjects have the same first token. */
  readonly events: readonly EventType<F>[]
  readonly key: string
  onEvent(event: Event<F>): void
  readonly log: Log
}

/**
 * Subscribes to one key's events with core NATS. Every replica that subscribes receives them when they are published,
 * also when the durable consumer delivers them to another replica. Events that are published while the broker is
 * away are missed: nothing is stored, redelivered or acknowledged.
 *
 * The server reads a connection in sequence. So the answer to what is published later on this connection cannot come
 * too early for the subscription.
 * @returns ends the subscription
 */
export function subscribeToKey<F extends Fact>(options: Options<F>): () => void {
  const { broker, publisher, events, key, onEvent, log } = options
  const expected = { publisher, events, verify: broker.verify }
  const family = events[0]?.subject.split('.')[0]
  const subscription = broker.connection.subscribe(`${family}.*.${key}`, {
    callback(error, message) {
      if (error) return log.error({ error, key }, 'core subscription failed')
      try {
        onEvent(parseEvent(message, expected, new Date()))
      } catch (error) {
        // The consumer receives the message, too, and stores the dead letter.
        log.warn(
          { error, subject: message.subject },
          'core subscription received a message that is not an event',
        )
      }
    },
  })
  return () => {
    if (!subscription.isClosed()) subscription.unsubscribe()
  }
}
