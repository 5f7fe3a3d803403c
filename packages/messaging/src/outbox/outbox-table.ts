import { sql } from 'drizzle-orm'
import { type Event, firstIdAt } from '../events/event.ts'
import { type Database, recordset, type Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { outbox } from '../postgres/schema.ts'

/** Where the stream has an event. */
export interface Acknowledged {
  readonly id: string
  readonly stream: string
  readonly streamSequence: number
  readonly streamCreated: string
}

/** Adds events to the transaction that changes the state, in the hands of this process for `leaseMs`. */
export async function insertEvents(tx: Transaction, events: Event[], leaseMs: number): Promise<void> {
  if (events.length === 0) return
  await tx.execute(sql`
    insert into ${outbox} (id, name, version, subject, data, time, causation_id, traceparent, leased_until)
    select id, name, version, subject, data, time, causation_id, traceparent, ${inMs(leaseMs)}
    from ${recordset(outbox, events)}`)
}

const inMs = (ms: number) => sql`now() + make_interval(secs => ${ms / 1000})`

/** Marks events as published. */
export async function markPublished(db: Database, rows: Acknowledged[]): Promise<void> {
  await db.execute(sql`
    update ${outbox} set published_at = now(), stream = ack.stream, stream_sequence = ack.stream_sequence,
      stream_created = ack.stream_created
    from ${recordset(outbox, rows)} as ack where ${outbox}.id = ack.id`)
}

/**
 * Takes events that are unpublished and in nobody's hands.
 *
 * By status and with skipped locks: following a growing number would skip rows, because the order of numbers is not
 * the order of commits. The lease, not a lock, keeps others away while the network is used.
 */
export async function lease(db: Database, leaseMs: number, limit: number): Promise<Event[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    update ${outbox} set leased_until = ${inMs(leaseMs)}
    where id in (
      select id from ${outbox} where published_at is null and leased_until < now()
      order by leased_until limit ${limit} for update skip locked
    )
    returning id, name, version, subject, data, time, causation_id as "causationId", traceparent`)
  return rows.map((row) => ({ ...row, time: new Date(String(row.time)).toISOString() }) as unknown as Event)
}

/** Forgets what was said, and published, more than `olderThanMs` ago. */
export const pruneOutbox = (db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(
    db,
    outbox,
    // By the id first, which has an index.
    sql`id < ${firstIdAt(Date.now() - olderThanMs)} and published_at < ${inMs(-olderThanMs)}`,
    stopping,
  )
