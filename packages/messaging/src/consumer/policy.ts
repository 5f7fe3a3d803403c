import type { DeadLetterStore } from '../dead-letters/record.ts'
import type { EventType, Fact, ReceivedEvent } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import type { FailingStore } from './failing-store.ts'
import type { ConsumerObserver } from './observer.ts'
import type { StoreHealth } from './store-health.ts'

/** The events of one stream that a service consumes. */
export interface Subscription<F extends Fact = Fact> {
  readonly stream: string
  /** The service that owns the stream: only its events are accepted. */
  readonly publisher: string
  readonly events: readonly EventType<F>[]
  /** Raised with each change of `events`, so that an older replica does not take back what a newer one subscribed to. */
  readonly version?: number
}

/** What the service's own store knows of the messages that it received: what the broker counts may be wrong. */
export interface HandledState {
  /** The ids of those events that had their effect. */
  handledAmong(
    events: readonly { readonly eventId: string; readonly subject: string }[],
  ): Promise<ReadonlySet<string>>
  readonly deadLetters: DeadLetterStore
  /** Without it nobody is told of a message that fails and is tried again. */
  readonly failing?: FailingStore
}

export interface ConsumerOptions<F extends Fact> {
  readonly broker: Broker
  readonly subscriptions: readonly Subscription<F>[]
  /** The name of the durable consumers. Default: the service's name. */
  readonly durable?: string
  /** Runs for many events concurrently, and for the events of one key one after another. Must be idempotent. */
  handle(event: ReceivedEvent<F>): Promise<unknown>
  /** Without it, what a broker loses that hands over other events in their place is not noticed. */
  readonly state?: HandledState
  /** How often it is compared with the streams at most. */
  readonly compareEveryMs?: number
  /** Whether an error means that the store is unavailable: then the message uses up no try. */
  isOutage(error: unknown): boolean
  /** Rejects while the store cannot be used. Asked after an outage error: then this replica takes no messages. */
  isUp(): Promise<unknown>
  /** Set it to false if `handle` itself batches the events of one key in sequence. Default: true. */
  readonly inKeyOrder?: boolean
  /** Replicas of the stream `DEAD_LETTERS`, if it has to be created. */
  readonly replicas: number
  readonly log: Log
  /** Default: nobody is told. */
  readonly observer?: ConsumerObserver
  /** The broker redelivers a message that showed no progress for this time. */
  readonly ackWaitMs?: number
  /** The largest number of messages in flight, over all replicas of the service. */
  readonly maxAckPending?: number
  /** The largest number of messages of one stream that this replica holds. Default: half of `maxAckPending`. */
  readonly maxHeld?: number
  /** As `maxHeld`, while new events pass a backlog: they wait for what is held of it. Default: 100. */
  readonly maxHeldBesideLane?: () => number
  /** A message becomes a dead letter after this number of failures in one process; outages do not count. */
  readonly maxTries?: number
  /** A stop waits so long for what is in flight: within this time and a second a service has to end. */
  readonly finishWithinMs?: number
  /**
   * An event of a kind or version that only a newer replica may know becomes a dead letter after this number of
   * deliveries. The default lasts for about ten minutes.
   */
  readonly maxGivenBack?: number
}

/** Resolves when it is done with one message, or with the event that was read from the message. */
export type Handler<M> = (message: M) => Promise<unknown>

/** Adds one concern to a handler. The processor composes the policies. */
export type Policy<M> = (next: Handler<M>) => Handler<M>

export type PolicyOptions<F extends Fact = Fact> = Required<Omit<ConsumerOptions<F>, 'state'>> & {
  readonly state?: HandledState | undefined
  /** Aborts when the consumer stops: it begins no further pull. */
  readonly stopping: AbortSignal
  /** Aborts when its last pull has ended, too: no policy waits from then on, and what is given back is not sent here. */
  readonly drained: AbortSignal
  /** Aborts when a stop waits no longer for what is in flight. */
  readonly givingUp: AbortSignal
  readonly store: StoreHealth
  /** When the durable consumer of each stream was made, in ms since 1970 by the broker's clock, once it is known. */
  readonly consumersCreated: Map<string, number>
}
