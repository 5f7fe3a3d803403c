import type { StreamConfig, StreamInfo } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { hasEventAt } from '../nats/stream-reader.ts'
import { streamCreatedAt } from '../nats/streams.ts'
import type { Database } from '../postgres/database.ts'
import { type PublishedRow, publishedBefore, unpublish, unpublishOtherStreams } from './outbox-table.ts'
import type { OutboxOptions } from './stream-watch.ts'

const retryAfterMs = 5000

/**
 * A broker that loses power loses its last writes. So the lookups go back for this time before the newest row, and
 * further for as long as events are missing.
 */
const tailMs = 60_000

/** Decides when the outbox is compared with its stream: at the start, and each time that `schedule` was called. */
export function openReconciler({ db, broker, stream, log }: OutboxOptions) {
  let dueAt = 0
  return {
    schedule(): void {
      dueAt = 0
    },
    /** @param publishingSettled waits for the events that this process is publishing now */
    async runIfDue(publishingSettled: () => Promise<unknown>): Promise<void> {
      if (performance.now() < dueAt) return
      // Before it begins, so that a `schedule` during this run leads to another run.
      dueAt = Number.POSITIVE_INFINITY
      try {
        // An event that was acknowledged before a loss, and is marked only after the comparison, would be missed.
        // (reconciler.int.test: "are the same again when the loss comes between an acknowledgement and its mark")
        await publishingSettled()
        const events = await reconcile(db, broker, stream.name)
        if (events > 0)
          log.warn({ stream: stream.name, events }, 'stream has lost events, publishing them again')
      } catch (error) {
        log.warn({ stream: stream.name, error }, 'outbox not reconciled with the stream')
        dueAt = Math.min(dueAt, performance.now() + retryAfterMs)
      }
    },
  }
}

/**
 * Compares the outbox with its stream. Marks the events that the stream no longer has as unpublished; the sweeper then
 * publishes them with the same ids. After a loss the broker reuses sequences, so events are compared by their ids.
 * @returns the number of events that the stream no longer has
 */
export async function reconcile(db: Database, broker: Broker, stream: string): Promise<number> {
  const info = await broker.jsm.streams.info(stream)
  const created = streamCreatedAt(info)
  const ofOtherStreams = await unpublishOtherStreams(db, created)
  return ofOtherStreams + (await unpublish(db, created, await findLost(db, broker, info)))
}

async function findLost(db: Database, broker: Broker, info: StreamInfo): Promise<PublishedRow[]> {
  const created = streamCreatedAt(info)
  const lost: PublishedRow[] = []
  let newest: number | undefined
  for (let rows = await publishedBefore(db, created); rows.length > 0; ) {
    const isStored = await Promise.all(rows.map((row) => isStoredOrExpired(broker, info, row)))
    const missing = rows.filter((_, i) => !isStored[i])
    lost.push(...missing)
    const last = rows.at(-1) as PublishedRow
    newest ??= Date.parse((rows[0] as PublishedRow).publishedAt)
    if (missing.length === 0 && Date.parse(last.publishedAt) < newest - tailMs) break
    rows = await publishedBefore(db, created, last)
  }
  return lost
}

/** Events that the stream's own limits removed are not lost. */
async function isStoredOrExpired(broker: Broker, { config, state }: StreamInfo, row: PublishedRow) {
  if (row.streamSequence < state.first_seq && hasLimits(config)) return true
  return hasEventAt(broker, config.name, { sequence: row.streamSequence, id: row.id })
}

const hasLimits = ({ max_age, max_bytes, max_msgs, max_msgs_per_subject }: StreamConfig): boolean =>
  [max_age, max_bytes, max_msgs, max_msgs_per_subject].some((limit) => limit > 0)
