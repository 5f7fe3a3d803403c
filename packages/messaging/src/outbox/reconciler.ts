import { type SQL, sql } from 'drizzle-orm'
import type { StreamConfig, StreamInfo } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { directGet, eventIdIn } from '../nats/direct-get.ts'
import { streamCreatedAt } from '../nats/streams.ts'
import { type Database, recordset } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'

/**
 * A broker that loses power loses its last writes. So all is looked up that was published within so long before the
 * newest; and further back for as long as something is missing.
 */
const tailMs = 60_000

/** Rows that are looked up at once. */
const batchSize = 200

/** Rows that go back in one statement: with any number of them, the database would end it before it is done. */
const unpublishSize = 1000

/** Where the outbox says that the stream has an event. */
type Place = { readonly id: string; readonly streamSequence: number }
type Row = Place & { readonly publishedAt: string }

/**
 * Compares the outbox with its stream, and marks as unpublished what the stream no longer has, for the sweeper to
 * publish again with the same ids. After a loss the broker uses sequences again, so a message counts by its id.
 * @returns how many events the stream no longer has
 */
export async function reconcile(db: Database, broker: Broker, stream: string): Promise<number> {
  const info = await broker.jsm.streams.info(stream)
  return (await unpublishOfOtherStreams(db, info)) + (await unpublishTail(db, broker, info))
}

/** What was published before the stream was made anew; a crash in between leaves the rest to be found again. */
async function unpublishOfOtherStreams(db: Database, info: StreamInfo): Promise<number> {
  const created = streamCreatedAt(info)
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

async function unpublishTail(db: Database, broker: Broker, info: StreamInfo): Promise<number> {
  const created = streamCreatedAt(info)
  const { first_seq } = info.state
  const lost: Place[] = []
  let newest: number | undefined
  for (let rows = await published(db, created); rows.length > 0; ) {
    const had = await Promise.all(
      rows.map(async (row) => {
        // What the stream's own limits took is not lost.
        if (row.streamSequence < first_seq && hasLimits(info.config)) return true
        return (await idAt(broker, info.config.name, row.streamSequence)) === row.id
      }),
    )
    for (const [i, { id, streamSequence }] of rows.entries()) if (!had[i]) lost.push({ id, streamSequence })
    const last = rows.at(-1) as Row
    newest ??= Date.parse(rows[0]?.publishedAt ?? '')
    if (!had.includes(false) && Date.parse(last.publishedAt) < newest - tailMs) break
    rows = await published(db, created, last)
  }
  return unpublish(db, created, lost)
}

/** The newest rows of this stream, or those before `after`. */
async function published(db: Database, created: string, after?: Row): Promise<Row[]> {
  const before: SQL = after ? sql`and (published_at, id) < (${after.publishedAt}, ${after.id})` : sql``
  return [
    ...(await db.execute<Row>(sql`
      select id, stream_sequence::float8 as "streamSequence",
        to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "publishedAt"
      from ${outbox} where published_at is not null and stream_created = ${created} ${before}
      order by published_at desc, id desc limit ${batchSize}`)),
  ]
}

/**
 * In one transaction: a crash in between would leave a gap behind rows that are there, where nobody looks.
 * (reconciler.int.test: "are the same again when the stream is set back by more than one statement takes")
 */
async function unpublish(db: Database, created: string, lost: readonly Place[]): Promise<number> {
  if (lost.length === 0) return 0
  return await db.transaction(async (tx) => {
    let total = 0
    for (let from = 0; from < lost.length; from += unpublishSize) {
      // Unless another replica has published it again meanwhile.
      const rows = await tx.execute(sql`
        update ${outbox} set published_at = null, leased_until = now()
        from ${recordset(outbox, lost.slice(from, from + unpublishSize))} as lost
        where ${outbox}.id = lost.id and ${outbox}.published_at is not null
          and ${outbox}.stream_created = ${created} and ${outbox}.stream_sequence = lost.stream_sequence
        returning ${outbox}.id`)
      total += rows.length
    }
    return total
  })
}

async function idAt(broker: Broker, stream: string, seq: number): Promise<string | undefined> {
  const message = await directGet(broker, stream, { seq })
  return message && eventIdIn(message)
}

const hasLimits = ({ max_age, max_bytes, max_msgs, max_msgs_per_subject }: StreamConfig): boolean =>
  [max_age, max_bytes, max_msgs, max_msgs_per_subject].some((limit) => limit > 0)
