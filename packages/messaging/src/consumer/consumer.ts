import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumerMessages, Subscription as Receiving } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import type { DeadLetter } from '../dead-letters/reader.ts'
import type { EventTypes } from '../events/cloud-events.ts'
import type { EventType, Fact, ReceivedEvent } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, ensureConsumer, ensureStream, removalDelayMs } from '../nats/streams.ts'
import { type ConsumerLag, lagOf } from './lag.ts'
import { openProcessor } from './processor.ts'

/** The events of one stream that a service reacts to. */
export interface Subscription<F extends Fact = Fact> {
  readonly stream: string
  readonly events: readonly EventType<F>[]
}

export interface ConsumerOptions<F extends Fact> {
  readonly broker: Broker
  readonly subscriptions: readonly Subscription<F>[]
  /** The name of the consumers; the service's unless told otherwise. */
  readonly durable?: string
  /** Called for many events at once, and for one key's events one after another. Must be idempotent. */
  handle(event: ReceivedEvent<F>): Promise<unknown>
  /** Whether an error says that a store is away: then the message waits here, and no try is used up. */
  isOutage(error: unknown): boolean
  /** False where `handle` gathers one key's events itself, in sequence: then they need not wait for each other. */
  readonly inKeyOrder?: boolean
  readonly replicas: number
  readonly log: Log
  /** Without sign of life for so long, a message is given to another replica. */
  readonly ackWaitMs?: number
  /** Messages in hand at most, over all replicas. */
  readonly maxAckPending?: number
  /** After so many failures that were no outage, a message goes to the dead letters. */
  readonly maxTries?: number
}

export interface Consumers {
  isReady(): boolean
  lag(): Promise<ConsumerLag[]>
  /**
   * Handles the message of a dead letter as if it came now, once; the letter stays.
   * @throws NotHandled, or the error that says that a store is away
   */
  reprocess(letter: DeadLetter): Promise<void>
  /** Takes nothing new, and resolves when what is in hand is finished. */
  stop(): Promise<void>
}

/**
 * Listens with one durable pull consumer a subscription, named after the service and shared by its replicas.
 *
 * A message is acknowledged when `handle` has resolved; when it rejects, it comes again after a growing delay,
 * and goes to the dead letters when it can never succeed or has used up its tries. A consumer or stream that
 * disappears is made again.
 */
export function openConsumers<F extends Fact>(options: ConsumerOptions<F>): Consumers {
  const {
    broker,
    log,
    replicas,
    durable = broker.name,
    inKeyOrder = true,
    ackWaitMs = 10_000,
    maxAckPending = 1000,
    maxTries = 8,
  } = options
  const stopping = new AbortController()
  const handling = openProcessor({ ...options, inKeyOrder, ackWaitMs, maxTries, stopping: stopping.signal })
  const pulls = new Map<string, ConsumerMessages>()

  async function listen(subscription: Subscription<F>): Promise<void> {
    const { stream } = subscription
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const pull = await startPull(subscription)
        pulls.set(stream, pull)
        failures = 0
        if (stopping.signal.aborted) end(pull)
        const ended = await pull.closed()
        pulls.delete(stream)
        if (!stopping.signal.aborted) log.warn({ stream, error: ended }, 'pull ended, starting again')
        await pause(removalDelayMs)
      } catch (error) {
        failures += 1
        log.warn({ stream, error, failures }, 'not listening yet')
        await pause(retryDelay(failures, { mostMs: 5000 }))
      }
    }
  }

  async function startPull({ stream, events }: Subscription<F>): Promise<ConsumerMessages> {
    const types = typesOf(events)
    const filters = events.map(({ subject }) => `${subject}.*`)
    await ensureStream(broker.jsm, deadLettersStream, replicas)
    await ensureConsumer(broker.jsm, { stream, durable, filters, ackWaitMs, maxAckPending })
    const consumer = await broker.js.consumers.get(stream, durable)
    return consumer.consume({
      max_messages: maxAckPending,
      expires: 10_000,
      idle_heartbeat: 2000,
      abort_on_missing_resource: true,
      callback: (message) => handling.process(message, types),
    })
  }

  // The client's own `stop` drops what is on its way, which nobody would get before its ack wait is over.
  // (participant.int.test: "leaves nothing half done when it stops")
  function end(pull: ConsumerMessages): void {
    const { sub } = pull as unknown as { sub: Receiving }
    if (broker.isConnected() && !sub.isClosed()) void sub.drain()
    else pull.stop()
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => {})

  const listening = options.subscriptions.map(listen)

  return {
    isReady: () => pulls.size === options.subscriptions.length,
    lag: () =>
      lagOf(
        broker,
        options.subscriptions.map(({ stream }) => stream),
        durable,
      ),
    reprocess(letter) {
      const heard = options.subscriptions.find(({ stream }) => stream === letter.stream)
      return handling.reprocess(letter, typesOf(heard?.events ?? []))
    },
    async stop() {
      stopping.abort()
      for (const pull of pulls.values()) end(pull)
      await Promise.all(listening)
      await handling.idle()
    },
  }
}

const typesOf = <F extends Fact>(events: readonly EventType<F>[]): EventTypes<F> =>
  new Map(events.map((type) => [type.event, type]))
