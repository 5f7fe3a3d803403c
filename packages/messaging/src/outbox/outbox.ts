import type { PubAck } from 'nats'
import { batcher } from '../async/batcher.ts'
import { toHeaders } from '../events/cloud-events.ts'
import type { Event } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { ensureStream, type StreamSpec } from '../nats/streams.ts'
import type { Database, Transaction } from '../postgres/database.ts'
import { type Acknowledged, insertEvents, lease, markPublished } from './outbox-table.ts'
import { reconcile } from './reconciler.ts'

export interface OutboxOptions {
  readonly db: Database
  readonly broker: Broker
  /** The one stream that this service says everything on. */
  readonly stream: StreamSpec
  readonly replicas: number
  readonly log: Log
  /** How long the process that committed a row has to publish it before the sweeper may. */
  readonly leaseMs?: number
  /** How often a sweep looks whether the stream is there, and the one that it was. */
  readonly checkEveryMs?: number
}

export interface Outbox {
  /** Adds events to the transaction that changes the state. */
  append(tx: Transaction, events: Event[]): Promise<void>
  /** Publishes what was just committed. Never throws: what fails here is left to the sweeper. */
  publish(events: Event[]): void
  /**
   * Publishes what is unpublished and in nobody's hands; returns how many were found. At first, and after every
   * reason to scheduleReconcile that the stream has what was published, it compares the two before. Ends early when `stopping`.
   */
  sweep(stopping?: AbortSignal): Promise<number>
  /** Has the next sweep compare the outbox with the stream. */
  scheduleReconcile(): void
  /** Resolves when nothing that this process publishes is under way. */
  idle(): Promise<void>
}

// Nobody waits for the mark.
const unhurried = { size: 1000, everyMs: () => 50 }

/** Events that a sweep takes at once. */
const batchSize = 500

/** A failed comparison is tried again after this. */
const compareAgainMs = 5000

/** Events of this process that may wait for the broker; beyond it they wait in the table for the sweeper. */
const inHandAtMost = 5000

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { db, broker, stream, log, leaseMs = 5000, checkEveryMs = 60_000 } = options
  const ensure = () => ensureStream(broker.jsm, stream, options.replicas)
  let streamCreated = Promise.resolve(await ensure())
  let lastSequence = 0
  let lookFrom = Date.now() + checkEveryMs
  async function refresh(): Promise<void> {
    lookFrom = Date.now() + checkEveryMs
    const before = streamCreated
    streamCreated = ensure().catch((error) => {
      log.warn({ stream: stream.name, error }, 'stream not there')
      return before
    })
    if ((await streamCreated) !== (await before)) scheduleReconcile()
  }

  const inHand = new Set<Promise<unknown>>()
  let compareFrom = 0
  function scheduleReconcile(): void {
    compareFrom = 0
  }
  async function compare(): Promise<void> {
    if (Date.now() < compareFrom) return
    // Before it begins: a scheduleReconcile that arises meanwhile counts.
    compareFrom = Number.POSITIVE_INFINITY
    try {
      // What was acknowledged before a loss, and is marked only after the comparison, would be missed.
      // (reconciler.int.test: "are the same again when the loss comes between an acknowledgement and its mark")
      await Promise.allSettled([...inHand])
      const events = await reconcile(db, broker, stream.name)
      if (events > 0) log.warn({ stream: stream.name, events }, 'the stream has lost events')
    } catch (error) {
      log.warn({ stream: stream.name, error }, 'outbox not compared with the stream')
      compareFrom = Math.min(compareFrom, Date.now() + compareAgainMs)
    }
  }

  broker.onReconnect(() => {
    scheduleReconcile()
    void refresh()
  })

  const encoder = new TextEncoder()
  const recordAcknowledged = batcher(async (acks: Acknowledged[]) => {
    await markPublished(db, acks)
    return acks.map(() => ({ value: undefined }))
  }, unhurried)

  async function publishOne(event: Event): Promise<void> {
    const ack: PubAck = await broker.js.publish(event.subject, encoder.encode(JSON.stringify(event.data)), {
      msgID: event.id,
      headers: toHeaders(event, broker.name),
    })
    // A duplicate is a success: an earlier try got through, and its acknowledgement was lost.
    if (!ack.duplicate) {
      // Sequences are used again: another replica made the stream again, or the broker lost its last writes.
      // (outbox.int.test: "tells the stream that another replica made again from the one before")
      if (ack.seq <= lastSequence) {
        scheduleReconcile()
        void refresh()
      }
      lastSequence = ack.seq
    }
    const { stream: name, seq: streamSequence } = ack
    await recordAcknowledged({
      id: event.id,
      stream: name,
      streamSequence,
      streamCreated: await streamCreated,
    })
  }

  async function publishAll(events: Event[]): Promise<number> {
    const results = await Promise.allSettled(events.map(publishOne))
    const failed = results.filter((result) => result.status === 'rejected')
    if (failed.length === 0) return 0
    log.warn({ events: failed.length, error: failed[0]?.reason }, 'events left to the sweeper')
    // 503: nobody listens, so the stream itself may be gone.
    if (broker.isConnected()) await refresh()
    return failed.length
  }

  function hold(work: Promise<unknown>): void {
    inHand.add(work)
    void work.finally(() => inHand.delete(work))
  }

  let waiting = 0
  return {
    append: (tx, events) => insertEvents(tx, events, leaseMs),
    publish(events) {
      if (events.length === 0 || waiting + events.length > inHandAtMost) return
      waiting += events.length
      hold(
        publishAll(events).finally(() => {
          waiting -= events.length
        }),
      )
    },
    scheduleReconcile,
    async sweep(stopping) {
      // Who says nothing, or less than others, sees neither a failure nor a sequence again.
      // (outbox.int.test: "makes its stream again, with all that was in it, though it says nothing")
      if (broker.isConnected() && Date.now() >= lookFrom) await refresh()
      if (broker.isConnected()) await compare()
      let found = 0
      for (let events: Event[]; broker.isConnected() && !stopping?.aborted; ) {
        events = await lease(db, leaseMs, batchSize)
        if (events.length > 0) log.info({ events: events.length }, 'sweeping the outbox')
        const failed = await publishAll(events)
        found += events.length
        if (failed > 0 || events.length < batchSize) break
      }
      return found
    },
    async idle() {
      while (inHand.size > 0) await Promise.allSettled(inHand)
    },
  }
}
