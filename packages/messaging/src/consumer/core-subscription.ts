import { parseEvent } from '../events/cloud-events.ts'
import type { Event, EventType, Fact } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'

export interface CoreSubscriptionOptions<F extends Fact> {
  readonly broker: Broker
  /** Of one family: their subjects begin alike. */
  readonly events: readonly EventType<F>[]
  readonly key: string
  onEvent(event: Event<F>): void
  readonly log: Log
}

/**
 * Hears one key's events when they are published, on every replica that asks, also when the durable consumer gives
 * them to another. Nothing is kept, repeated or acknowledged: what comes while the broker is away is missed.
 *
 * Events that follow from one that is published later on the same connection are not missed for being too early:
 * the server reads a connection in sequence.
 * @returns what ends it
 */
export function subscribeToKey<F extends Fact>(options: CoreSubscriptionOptions<F>): () => void {
  const { broker, events, key, onEvent, log } = options
  const types = new Map(events.map((type) => [type.event, type]))
  const family = events[0]?.subject.split('.')[0]
  const listening = broker.connection.subscribe(`${family}.*.${key}`, {
    callback(error, message) {
      if (error) return log.error({ error, key }, 'nothing is overheard')
      try {
        onEvent(parseEvent(message, types, new Date()))
      } catch (error) {
        // The consumer that gets it too brings it to the dead letters.
        log.warn({ error, subject: message.subject }, 'overheard something that is no event')
      }
    },
  })
  return () => {
    if (!listening.isClosed()) listening.unsubscribe()
  }
}
