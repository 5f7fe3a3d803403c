import { sql } from 'drizzle-orm'
import { type Event, firstIdAt } from '../events/event.ts'
import { type Database, inMs, isFarAhead, keyIn, recordset, type Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { outbox } from '../postgres/schema.ts'

/** Where the stream has stored an event. */
export type Stored = Record<'id' | 'stream' | 'streamCreated', string> & { streamSequence: number }

/** `wasPublished`: the stream has lost it since. */
export type UnpublishedEvent = Event & { readonly wasPublished?: boolean }

/** What the comparison with the stream needs of a published row. */
export type PublishedRow = Record<'id' | 'publishedAt', string> & { streamSequence: number }

const lookupSize = 200
const maxPeaks = 1000

/** Rows in one statement: with more, Postgres could end the statement by its time limit. */
const unpublishSize = 1000

/** Inserts events in the transaction that changes the state. This process has `leaseMs` to publish them. */
export async function insertEvents(tx: Transaction, events: Event[], leaseMs: number): Promise<void> {
  if (events.length === 0) return
  await tx.execute(sql`
    insert into ${outbox} (id, name, version, subject, data, time, causation_id, traceparent, actor, leased_until)
    select id, name, version, subject, data, time, causation_id, traceparent, actor, ${inMs(leaseMs)}
    from ${recordset(outbox, events)}`)
}

/**
 * Marks events as published. A row that others have locked is left to the sweeper, which cannot lease it before the
 * lock ends either. The stream tells it by a duplicate where the event is.
 * (locked-outbox.int.test: "delay no mark of another event, and are published once")
 *
 * It need not be durable when it is made: an event whose mark a crash of the server loses is published once more, and
 * is a duplicate.
 */
export async function markPublished(db: Database, rows: Stored[]): Promise<void> {
  const ids = rows.map(({ id }) => id)
  await db.execute(sql`
    with free as (select id from ${outbox} where ${keyIn(outbox.id, ids)} for update skip locked),
      relaxed as (select set_config('synchronous_commit', 'off', true))
    update ${outbox} set published_at = now(), stream = ack.stream, stream_sequence = ack."streamSequence",
      stream_created = ack."streamCreated"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as ack(id uuid, stream text, "streamSequence" bigint, "streamCreated" timestamptz), relaxed
    where ${outbox}.id = ack.id and ${outbox}.id = any(array(select id from free))`)
}

/**
 * Leases unpublished events whose lease has ended.
 *
 * It selects by status and skips locked rows. A reader that follows a growing number would skip rows, because the
 * order of the numbers is not the order of the commits. A lease, unlike a lock, lasts while the network is used.
 * (outbox.int.test: "publishes what was leased before the clock of the database was set back")
 */
export async function leaseUnpublished(
  db: Database,
  leaseMs: number,
  limit: number,
): Promise<UnpublishedEvent[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    update ${outbox} set leased_until = ${inMs(leaseMs)}
    where id in (
      select id from ${outbox} where published_at is null
        and (leased_until < now() or ${isFarAhead(outbox.leasedUntil, leaseMs)})
      order by leased_until limit ${limit} for update skip locked
    )
    returning id, name, version, subject, data, time, causation_id as "causationId", traceparent, actor,
      stream_sequence is not null as "wasPublished"`)
  return rows.map(
    (row) => ({ ...row, time: new Date(String(row.time)).toISOString() }) as unknown as UnpublishedEvent,
  )
}

/**
 * Rows that seem to be published in the future count as published now. They are from before the database's clock was
 * set back, and what is published from then on would seem older than they are.
 * (reconciler-extent.int.test: "are the same again though the database’s clock was set back, …")
 * @returns whether there were any
 */
export async function dateAgain(db: Database, created: string): Promise<boolean> {
  for (let isAny = false; ; isAny = true) {
    const rows = await db.execute(sql`
      update ${outbox} set published_at = now() where id in (
        select id from ${outbox} where ${publishedOn(created)} and ${isFarAhead(outbox.publishedAt)}
        limit ${unpublishSize} for update skip locked
      ) returning id`)
    if (rows.length === 0) return isAny
  }
}

/** The newest rows that were published on the stream of this creation time, or the newest ones before `last`. */
export async function publishedBefore(db: Database, created: string, last?: PublishedRow) {
  const before = last ? sql`and (published_at, id) < (${last.publishedAt}, ${last.id})` : sql``
  const rows = await db.execute<PublishedRow>(sql`
    select ${publishedRow} from ${outbox} where ${publishedOn(created)} ${before}
    order by published_at desc, id desc limit ${lookupSize}`)
  return [...rows]
}

/**
 * Of the rows that were published since then, for each second the one with the highest sequence. A loss takes longer
 * than a second, so one of these rows has the highest sequence that was lost.
 */
export async function peaksSince(db: Database, created: string, since: string): Promise<PublishedRow[]> {
  const second = sql`date_trunc('second', published_at)`
  const rows = await db.execute<PublishedRow>(sql`
    select distinct on (${second}) ${publishedRow} from ${outbox}
    where ${publishedOn(created)} and published_at >= ${since}
    order by ${second} desc, stream_sequence desc limit ${maxPeaks}`)
  return [...rows]
}

const publishedOn = (created: string) => sql`published_at is not null and stream_created = ${created}`

const publishedRow = sql`id, stream_sequence::float8 as "streamSequence",
  to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "publishedAt"`

/**
 * Marks events as unpublished, all in one transaction: a crash in between would leave a gap below rows that the stream
 * has, where no later comparison looks.
 * (reconciler.int.test: "are the same again when the stream loses more events than one statement takes")
 * @returns how many, and the rows that are left because others have locked them
 */
export async function unpublish(db: Database, created: string, lost: readonly PublishedRow[]) {
  if (lost.length === 0) return { unpublished: 0, locked: [] }
  return await db.transaction(async (tx) => {
    // Awaited: what is written with `begin` would be committed by itself if `begin` failed.
    await tx.execute(sql`select 1`)
    let unpublished = 0
    const locked = new Set<string>()
    for (let from = 0; from < lost.length; from += unpublishSize) {
      // Another replica may have published the event again meanwhile: then its row has another sequence.
      const found = sql`${outbox} join ${recordset(outbox, lost.slice(from, from + unpublishSize))} as lost using (id)
        where ${outbox}.published_at is not null and ${outbox}.stream_created = ${created}
          and ${outbox}.stream_sequence = lost.stream_sequence`
      const { count } = await tx.execute(sql`
        update ${outbox} set published_at = null, leased_until = now()
        where id in (select id from ${found} order by id for update of ${outbox} skip locked)`)
      unpublished += count
      for (const { id } of await tx.execute<{ id: string }>(sql`select id from ${found}`)) locked.add(id)
    }
    return { unpublished, locked: lost.filter(({ id }) => locked.has(id)) }
  })
}

/** Marks as unpublished what was published on a former stream. After a crash the next call finds the rest. */
export async function unpublishOtherStreams(db: Database, created: string): Promise<number> {
  for (let total = 0; ; ) {
    const rows = await db.execute(sql`
      update ${outbox} set published_at = null, leased_until = now() where id in (
        select id from ${outbox}
        where published_at is not null and (stream_created < ${created} or stream_created > ${created})
        limit ${unpublishSize} for update skip locked
      ) returning id`)
    total += rows.length
    if (rows.length < unpublishSize) return total
  }
}

/** Deletes the events that are older than `olderThanMs` and were published before that, too. */
export function pruneOutbox(db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> {
  // The id first, because it has an index.
  const isOld = sql`id < ${firstIdAt(Date.now() - olderThanMs)} and published_at < ${inMs(-olderThanMs)}`
  return deleteInBatches(db, outbox, isOld, stopping)
}
