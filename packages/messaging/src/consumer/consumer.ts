import type { DeadLetter } from '../dead-letters/reader.ts'
import type { EventType, Fact, ReceivedEvent } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { type ConsumerLag, lagOf } from './lag.ts'
import { openProcessor } from './processor.ts'
import { openPullLoop } from './pull-loop.ts'

/** The events of one stream that a service consumes. */
export interface Subscription<F extends Fact = Fact> {
  readonly stream: string
  readonly events: readonly EventType<F>[]
}

export interface ConsumerOptions<F extends Fact> {
  readonly broker: Broker
  readonly subscriptions: readonly Subscription<F>[]
  /** The name of the durable consumers. Default: the service's name. */
  readonly durable?: string
  /** Runs for many events concurrently, and for the events of one key one after another. Must be idempotent. */
  handle(event: ReceivedEvent<F>): Promise<unknown>
  /** Whether an error means that a store is unavailable: then the message waits here and uses up no try. */
  isOutage(error: unknown): boolean
  /** Set it to false if `handle` itself batches the events of one key in sequence. Default: true. */
  readonly inKeyOrder?: boolean
  /** Replicas of the stream `DEAD_LETTERS`, if it has to be created. */
  readonly replicas: number
  readonly log: Log
  /** The broker redelivers a message that showed no progress for this time. */
  readonly ackWaitMs?: number
  /** The largest number of messages in flight, over all replicas of the service. */
  readonly maxAckPending?: number
  /** A message becomes a dead letter after this number of failures; outages do not count. */
  readonly maxTries?: number
}

export interface Consumers {
  isReady(): boolean
  lag(): Promise<ConsumerLag[]>
  /**
   * Handles the message of a dead letter as if it were delivered now, once. The dead letter stays.
   * @throws ReprocessingFailed, or the outage error of a store
   */
  reprocess(deadLetter: DeadLetter): Promise<void>
  /** Takes no further messages, and resolves when those in flight are finished. */
  stop(): Promise<void>
}

/** Consumes each subscription through one durable pull consumer, which the replicas of the service share. */
export function openConsumers<F extends Fact>(options: ConsumerOptions<F>): Consumers {
  const stopping = new AbortController()
  const settings = {
    durable: options.broker.name,
    inKeyOrder: true,
    ackWaitMs: 10_000,
    maxAckPending: 1000,
    maxTries: 8,
    stopping: stopping.signal,
    ...options,
  }
  const { broker, subscriptions, durable, ackWaitMs, maxAckPending } = settings
  const processor = openProcessor(settings)
  const pulls = subscriptions.map(({ stream, events }) => {
    const filters = events.map(({ subject }) => `${subject}.*`)
    const consumer = { stream, durable, filters, ackWaitMs, maxAckPending }
    return openPullLoop(settings, consumer, processor.process)
  })
  const streams = subscriptions.map(({ stream }) => stream)
  return {
    isReady: () => pulls.every((pull) => pull.isOpen()),
    lag: () => lagOf(broker, streams, durable),
    reprocess: processor.reprocess,
    async stop() {
      stopping.abort()
      await Promise.all(pulls.map(({ ended }) => ended))
      await processor.idle()
    },
  }
}
