import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumerMessages, JsMsg } from 'nats'
import type { Broker } from './broker.ts'
import { bury } from './dead-letters.ts'
import { type EventType, type Fact, keyOf, type ReceivedEvent } from './event.ts'
import { openLanes } from './lanes.ts'
import type { Log } from './log.ts'
import { eventOf, Unprocessable } from './message.ts'
import { retryDelay } from './retry.ts'
import { deadLetters, ensureConsumer, ensureStream } from './streams.ts'

/** The events of one stream that a service reacts to. */
export interface Subscription<F extends Fact = Fact> {
  readonly stream: string
  readonly events: readonly EventType<F>[]
}

export interface ConsumerOptions<F extends Fact> {
  readonly broker: Broker
  readonly subscriptions: readonly Subscription<F>[]
  /** Called for many events at once, and for one key's events one after another. Must be idempotent. */
  handle(event: ReceivedEvent<F>): Promise<unknown>
  /** Whether an error says that a store is away: then the message waits here, and no try is used up. */
  isOutage(error: unknown): boolean
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
  const { broker, log, ackWaitMs = 10_000, maxAckPending = 1000, maxTries = 8 } = options
  const lane = openLanes()
  const inHand = new Map<JsMsg, number>()
  const stopping = new AbortController()
  const pulls = new Map<string, ConsumerMessages>()
  const work = new Set<Promise<void>>()

  function take(message: JsMsg, types: ReadonlyMap<string, EventType<F>>): void {
    const mine = handle(message, types).finally(() => work.delete(mine))
    work.add(mine)
  }

  async function handle(message: JsMsg, types: ReadonlyMap<string, EventType<F>>): Promise<void> {
    inHand.set(message, Date.now())
    try {
      const event = eventOf(message, types)
      await lane(keyOf(message.subject), () => handleThroughOutages(event))
      message.ack()
      log.info({ event: event.name, key: keyOf(event.subject), eventId: event.id }, 'handled')
    } catch (error) {
      await giveBack(message, error)
    } finally {
      inHand.delete(message)
    }
  }

  async function handleThroughOutages(event: ReceivedEvent<F>): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        await options.handle(event)
        return
      } catch (error) {
        if (!options.isOutage(error) || stopping.signal.aborted) throw error
        log.warn({ error, eventId: event.id, attempt }, 'store away, waiting')
        await delay(retryDelay(attempt, { mostMs: 5000 }), undefined, { signal: stopping.signal })
      }
  }

  async function giveBack(message: JsMsg, error: unknown): Promise<void> {
    const tries = message.info.deliveryCount
    const fields = { error, subject: message.subject, eventId: message.headers?.get('ce-id'), tries }
    const hopeless = error instanceof Unprocessable || (tries >= maxTries && !isPassing(error))
    if (!hopeless) {
      log.warn(fields, 'handling failed, will be tried again')
      message.nak(retryDelay(tries))
      return
    }
    try {
      await bury(broker, message, error)
      message.term(String(error).slice(0, 100))
      log.error(fields, 'handling failed, gone to the dead letters')
    } catch (buryError) {
      log.error({ ...fields, buryError }, 'dead letters not reached, will be tried again')
      message.nak(retryDelay(tries))
    }
  }

  const isPassing = (error: unknown) => stopping.signal.aborted || options.isOutage(error)

  async function listen({ stream, events }: Subscription<F>): Promise<void> {
    const types = new Map(events.map((type) => [type.event, type]))
    const spec = {
      stream,
      durable: broker.name,
      filters: events.map(({ subject }) => `${subject}.*`),
      ackWaitMs,
      maxAckPending,
    }
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await ensureStream(broker.jsm, deadLetters, options.replicas)
        await ensureConsumer(broker.jsm, spec)
        const consumer = await broker.js.consumers.get(stream, broker.name)
        const pull = await consumer.consume({
          max_messages: 500,
          expires: 10_000,
          idle_heartbeat: 2000,
          abort_on_missing_resource: true,
          callback: (message) => take(message, types),
        })
        if (stopping.signal.aborted) pull.stop()
        pulls.set(stream, pull)
        failures = 0
        const ended = await pull.closed()
        if (!stopping.signal.aborted) log.warn({ stream, error: ended }, 'pull ended, starting again')
      } catch (error) {
        failures += 1
        log.warn({ stream, error, failures }, 'not listening yet')
      }
      pulls.delete(stream)
      await delay(retryDelay(failures + 1, { mostMs: 5000 }), undefined, { signal: stopping.signal }).catch(
        () => {},
      )
    }
  }

  const signOfLife = setInterval(() => {
    const overdue = Date.now() - ackWaitMs / 3
    for (const [message, since] of inHand) if (since < overdue) message.working()
  }, ackWaitMs / 3)
  const listening = options.subscriptions.map(listen)

  return {
    isReady: () => pulls.size === options.subscriptions.length,
    async stop() {
      stopping.abort()
      for (const pull of pulls.values()) pull.stop()
      await Promise.all(listening)
      await Promise.all(work)
      clearInterval(signOfLife)
    },
  }
}
