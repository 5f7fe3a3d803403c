import type { Event } from '../events/event.ts'
import type { Transaction } from '../postgres/database.ts'
import { insertEvents, leaseUnpublished } from './outbox-table.ts'
import { openPublisher } from './publisher.ts'
import { openReconciler } from './reconciler.ts'
import { type OutboxOptions, watchStream } from './stream-watch.ts'

export type { OutboxOptions } from './stream-watch.ts'
export type Outbox = Awaited<ReturnType<typeof openOutbox>>

/** The number of events that a sweep leases and signs at once: requests wait meanwhile. */
const batchSize = 100

export async function openOutbox(options: OutboxOptions) {
  const { db, broker, log, leaseMs = 5000 } = options
  const reconciler = openReconciler(options)
  const stream = await watchStream(options, reconciler.schedule)
  const onPossibleLoss = () => {
    reconciler.schedule()
    void stream.check()
  }
  broker.onReconnect(onPossibleLoss)
  const publisher = openPublisher(options, stream, onPossibleLoss)

  /**
   * Publishes the unpublished events that no process has leased, after a reconciliation if one is due.
   * @returns the number of events that it found
   */
  async function sweep(stopping?: AbortSignal): Promise<number> {
    // A replica that publishes little sees neither a publish error nor a sequence regression: so it checks on a timer.
    // (outbox.int.test: "recreates its stream with all its events, although it publishes nothing")
    if (broker.isConnected()) await stream.checkIfDue()
    if (broker.isConnected()) await reconciler.runIfDue(publisher.settled)
    let found = 0
    while (broker.isConnected() && !stopping?.aborted) {
      const events = await leaseUnpublished(db, leaseMs, batchSize)
      const level = publisher.state() === 'stalled' ? 'debug' : 'info'
      if (events.length > 0) log[level]({ events: events.length }, 'sweeping the outbox')
      const failed = await publisher.publishAll(events)
      found += events.length
      if (failed > 0 || events.length < batchSize) break
    }
    return found
  }

  return {
    /** Inserts events in the transaction that changes the state. */
    append: (tx: Transaction, events: Event[]) => insertEvents(tx, events, leaseMs),
    /** Publishes events that were just committed. Never throws: it leaves to the sweeper what fails. */
    publish: publisher.publish,
    sweep,
    /** Whether the broker stores what is published. */
    publishing: publisher.state,
    /** Makes the next sweep reconcile the outbox with the stream. */
    scheduleReconcile: reconciler.schedule,
    /** Resolves when this process is publishing nothing. */
    idle: publisher.idle,
  }
}
