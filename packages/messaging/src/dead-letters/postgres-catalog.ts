import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, keyIn } from '../postgres/database.ts'
import { deadLetterImports, deadLetters } from '../postgres/schema.ts'
import {
  type DeadLetterCatalog,
  type DeadLetterEntry,
  type DeadLetterFilter,
  type DeadLetterGroup,
  describeRecord,
  maxCounted,
} from './catalog.ts'
import type { DeadLetterRecord } from './record.ts'

const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)
const iso = (column: SQL | unknown) => sql`to_char(${column} at time zone 'UTC', ${utc})`

/** A row whose content lacks something is listed, too. */
const recordOf = ({ id, content }: { id: string; content: string }): DeadLetterRecord => ({
  subject: '',
  headers: [],
  data: '',
  ...JSON.parse(content),
  id,
})

/** The columns of a record, beside its id and content. */
export function keyColumns(record: DeadLetterRecord) {
  const { event, eventId, orderId, reason, errorKey, ...summary } = describeRecord(record)
  return { event, eventId, orderId, reason, errorKey, summary: JSON.stringify(summary) }
}

const shown = sql`
  id, ${iso(sql`saved_at`)} as "savedAt", stream_sequence::float8 as sequence,
  ${iso(sql`stream_created`)} as "streamCreated", event, event_id as "eventId", order_id as "orderId", reason,
  error_key as "errorKey", summary, outcome, ${iso(sql`settled_at`)} as "settledAt", settled_by as "settledBy",
  settled_why as "settledWhy"`

function entryOf({ summary, ...row }: Record<string, unknown>): DeadLetterEntry {
  const known = Object.entries(row).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(known), ...JSON.parse(String(summary)) } as DeadLetterEntry
}

/** Until it is on the stream, its message is not given up: it may be handled yet. */
const isListed = sql`summary is not null and stream_sequence is not null`

function matching({ event, reason, error, orderId, from, to, state }: DeadLetterFilter): SQL {
  const conditions = [
    state === 'open' && isNull(deadLetters.outcome),
    state && state !== 'open' && eq(deadLetters.outcome, state),
    event !== undefined && eq(deadLetters.event, event),
    reason !== undefined && eq(deadLetters.reason, reason),
    error !== undefined && eq(deadLetters.errorKey, error),
    orderId !== undefined && eq(deadLetters.orderId, orderId),
    from !== undefined && sql`saved_at >= ${from}`,
    to !== undefined && sql`saved_at < ${to}`,
  ]
  const all = conditions.filter((condition): condition is SQL => Boolean(condition))
  return and(isListed, ...all) as SQL
}

/** Pages cost the same at any number of letters. (postgres-catalog.int.test: "cost a page no more of 10,000 than of 1,000, …") */
export const pageStatement = (
  filter: DeadLetterFilter,
  { limit, sort, after }: Parameters<DeadLetterCatalog['page']>[1],
): SQL => {
  const direction = sql.raw(sort === 'oldest' ? 'asc' : 'desc')
  const further = sql.raw(sort === 'oldest' ? '>' : '<')
  const since = after && sql`and (saved_at, id) ${further} (${after.savedAt}, ${after.id})`
  return sql`
    select ${shown} from ${deadLetters} where ${matching(filter)} ${since}
    order by saved_at ${direction}, id ${direction} limit ${limit}`
}

export const postgresCatalog = (db: Database): DeadLetterCatalog => ({
  page: async (filter, page) => (await db.execute(pageStatement(filter, page))).map(entryOf),
  async count(filter) {
    const [row] = await db.execute<{ count: number }>(sql`
      select count(*)::int as count
      from (select 1 from ${deadLetters} where ${matching(filter)} limit ${maxCounted}) as found`)
    return row?.count ?? 0
  },
  async groups(filter, limit) {
    const rows = await db.execute(sql`
      select event, reason, error_key as "errorKey", count(*)::int as count, ${iso(sql`min(saved_at)`)} as oldest,
        ${iso(sql`max(saved_at)`)} as newest
      from ${deadLetters} where ${matching(filter)} group by event, reason, error_key
      order by count(*) desc, event, error_key limit ${limit}`)
    return [...rows] as unknown as DeadLetterGroup[]
  },
  async find(idOrSequence) {
    const is =
      typeof idOrSequence === 'number'
        ? eq(deadLetters.streamSequence, idOrSequence)
        : eq(deadLetters.id, idOrSequence)
    // The sequences of a recreated stream start again.
    const [row] = await db.execute(sql`
      select ${shown} from ${deadLetters} where ${is} and ${isListed}
      order by stream_created desc limit 1`)
    return row && entryOf(row)
  },
  async read(id) {
    const [row] = await db.select().from(deadLetters).where(eq(deadLetters.id, id))
    return row && recordOf(row)
  },
  async settle(ids, { outcome, by = null, why = null }) {
    if (ids.length === 0) return []
    const isNew = sql`(outcome is distinct from 'handled' or (settled_by is null and ${by}::text is not null))`
    const isOpen = outcome === 'handled' ? isNew : sql`outcome is null`
    const rows = await db.execute<{ id: string }>(sql`
      update ${deadLetters}
      set outcome = ${outcome}, settled_at = now(), settled_by = ${by}, settled_why = ${why}
      where ${keyIn(deadLetters.id, ids)} and ${isOpen} returning id`)
    return rows.map(({ id }) => id)
  },
  async describeOlder(limit) {
    const rows = await db
      .select({ id: deadLetters.id, content: deadLetters.content })
      .from(deadLetters)
      .where(isNull(deadLetters.reason))
      .limit(limit)
    for (const { id, content } of rows)
      await db
        .update(deadLetters)
        .set(keyColumns(recordOf({ id, content })))
        .where(eq(deadLetters.id, id))
    return rows.length
  },
  async add(letters) {
    for (const { record, savedAt, sequence, streamCreated } of letters) {
      const { id, ...content } = record
      const position = { streamSequence: sequence, streamCreated }
      await db
        .insert(deadLetters)
        .values({ id, content: JSON.stringify(content), savedAt, ...keyColumns(record), ...position })
        .onConflictDoUpdate({ target: deadLetters.id, set: position })
    }
  },
  async importedTo(streamCreated) {
    const [row] = await db
      .select()
      .from(deadLetterImports)
      .where(eq(deadLetterImports.streamCreated, streamCreated))
    return row?.sequence ?? 0
  },
  async markImported({ sequence, streamCreated }) {
    await db.execute(sql`
      insert into ${deadLetterImports} as known (stream_created, sequence) values (${streamCreated}, ${sequence})
      on conflict (stream_created) do update set sequence = greatest(known.sequence, excluded.sequence)`)
  },
})
