import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { batcher } from '../async/batcher.ts'
import { parseDeadLetter, publishDeadLetter, ReprocessingFailed } from '../dead-letters/publish.ts'
import type { DeadLetter } from '../dead-letters/reader.ts'
import { type EventTypes, parseMessage, Unprocessable } from '../events/cloud-events.ts'
import { type Fact, keyOf, type ReceivedEvent } from '../events/event.ts'
import { type Log, reasonOf } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { keyedQueue } from './keyed-queue.ts'

export interface ProcessorOptions<F extends Fact> {
  readonly broker: Broker
  handle(event: ReceivedEvent<F>): Promise<unknown>
  isOutage(error: unknown): boolean
  readonly inKeyOrder: boolean
  readonly log: Log
  readonly ackWaitMs: number
  readonly maxTries: number
  readonly replicas: number
  /** Aborted when nothing is to be waited for any longer. */
  readonly stopping: AbortSignal
}

export interface Processor<F extends Fact> {
  /** Handles a message in its key's lane, and tells the broker what became of it; gives it back when stopping. */
  process(message: JsMsg, types: EventTypes<F>): void
  /**
   * Handles the message of a dead letter in its key's lane, once.
   * @throws NotHandled, or the error that says that a store is away
   */
  reprocess(letter: DeadLetter, types: EventTypes<F>): Promise<void>
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

export function openProcessor<F extends Fact>(options: ProcessorOptions<F>): Processor<F> {
  const { broker, isOutage, log, ackWaitMs, maxTries, replicas, stopping } = options
  const lane = options.inKeyOrder ? keyedQueue() : <T>(_key: string, run: () => Promise<T>) => run()
  // During an outage every message in hand waits on it; Node would take more than ten for a leak.
  setMaxListeners(0, stopping)
  const work = new Set<Promise<void>>()
  const inHand = new Map<JsMsg, number>()

  // One write to the socket for what was committed together: as system calls, acknowledgements cost more than
  // anything else here.
  const acknowledge = batcher(
    async (messages: JsMsg[]) =>
      messages.map((message) => {
        message.ack()
        return { value: undefined }
      }),
    { size: 1000 },
  )

  // The broker would take a silent message for lost, and give it to another replica.
  const signOfLife = setInterval(() => {
    if (broker.connection.isClosed()) return
    const overdue = Date.now() - ackWaitMs / 3
    for (const [message, since] of inHand) if (since < overdue) message.working()
  }, ackWaitMs / 3)

  async function settle(message: JsMsg, types: EventTypes<F>): Promise<void> {
    inHand.set(message, Date.now())
    try {
      const failure = await failureOf(message, types)
      if (failure === undefined) await acknowledge(message)
      else await giveBack(message, failure.error)
    } catch (error) {
      // The connection is closed for good. Unacknowledged, the message comes again elsewhere.
      log.warn({ error, subject: message.subject }, 'broker not told what became of a message')
    } finally {
      inHand.delete(message)
    }
  }

  async function failureOf(message: JsMsg, types: EventTypes<F>): Promise<{ error: unknown } | undefined> {
    try {
      const event = parseMessage(message, types)
      await lane(keyOf(event.subject), () => handleThroughOutages(event))
      log.info({ event: event.name, key: keyOf(event.subject), eventId: event.id }, 'handled')
      return undefined
    } catch (error) {
      return { error }
    }
  }

  async function handleThroughOutages(event: ReceivedEvent<F>): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        await options.handle(event)
        return
      } catch (error) {
        if (!isOutage(error) || stopping.aborted) throw error
        const fields = { reason: reasonOf(error), eventId: event.id, attempt }
        // A thousand may be in hand: a line each is enough.
        if (attempt === 1) log.warn(fields, 'store away, waiting')
        else log.debug(fields, 'store still away')
        await delay(retryDelay(attempt, { mostMs: 5000 }), undefined, { signal: stopping })
      }
  }

  async function giveBack(message: JsMsg, error: unknown): Promise<void> {
    const tries = message.info.deliveryCount
    const fields = { error, subject: message.subject, eventId: message.headers?.get('ce-id'), tries }
    const isPassing = stopping.aborted || isOutage(error)
    const isHopeless = error instanceof Unprocessable || (tries >= maxTries && !isPassing)
    if (!isHopeless) {
      log.warn(fields, 'handling failed, will be tried again')
      message.nak(retryDelay(tries))
      return
    }
    try {
      await publishDeadLetter(broker, message, error)
      message.term(String(error).slice(0, 100))
      log.error(fields, 'handling failed, gone to the dead letters')
    } catch (buryError) {
      log.error({ ...fields, buryError }, 'dead letters not reached, will be tried again')
      await ensureStream(broker.jsm, deadLettersStream, replicas).catch(() => {})
      message.nak(retryDelay(tries))
    }
  }

  async function handleLetter(letter: DeadLetter, types: EventTypes<F>): Promise<void> {
    const { sequence, subject, eventId } = letter
    try {
      const event = parseDeadLetter(letter, types)
      await lane(keyOf(subject), () => options.handle(event))
      log.info({ letter: sequence, event: event.name, key: keyOf(subject), eventId }, 'dead letter handled')
    } catch (error) {
      if (isOutage(error)) throw error
      log.warn({ error, letter: sequence, subject, eventId }, 'dead letter not handled')
      throw new ReprocessingFailed(error)
    }
  }

  function hold(mine: Promise<void>): void {
    const held = mine.catch(() => {}).finally(() => work.delete(held))
    work.add(held)
  }

  return {
    process(message, types) {
      // It was on its way when the pull was ended: another replica can have it at once.
      if (stopping.aborted) return message.nak()
      hold(settle(message, types))
    },
    reprocess(letter, types) {
      const handled = handleLetter(letter, types)
      hold(handled)
      return handled
    },
    async idle() {
      await Promise.all(work)
      clearInterval(signOfLife)
    },
  }
}
