import { sql } from 'drizzle-orm'
import { type Database, keyIn } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { deadLetters } from '../postgres/schema.ts'
import { keyColumns } from './postgres-catalog.ts'
import type { DeadLetterRecord, DeadLetterStore, SavedDeadLetter } from './record.ts'

const utc = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)

/** One record, unless others have locked it. (reconciler.int.test: "are published once while others have locked their records") */
const unlocked = (id: string) =>
  sql`${deadLetters.id} = (select id from ${deadLetters} where id = ${id} for update skip locked)`

/** The dead letters in the table beside the outbox. A locked record is left to the next comparison. */
export const postgresDeadLetters = (db: Database): DeadLetterStore => ({
  async save(record) {
    const { id, ...content } = record
    // As text, because jsonb refuses what the headers of a poison message may contain.
    await db
      .insert(deadLetters)
      .values({ id, content: JSON.stringify(content), ...keyColumns(record) })
      .onConflictDoNothing()
  },
  async markPublished(id, { sequence, streamCreated }) {
    await db.update(deadLetters).set({ streamSequence: sequence, streamCreated }).where(unlocked(id))
  },
  async newest(limit, last) {
    const before = last ? sql`where (saved_at, id) < (${last.savedAt}, ${last.id})` : sql``
    const rows = await db.execute<Record<keyof SavedDeadLetter, string | null>>(sql`
      select id, to_char(saved_at at time zone 'UTC', ${utc}) as "savedAt",
        extract(epoch from now() - saved_at)::float8 * 1000 as "ageMs", stream_sequence::float8 as sequence, to_char(stream_created at time zone 'UTC', ${utc}) as "streamCreated"
      from ${deadLetters} ${before} order by saved_at desc, id desc limit ${limit}`)
    return rows.map(({ ageMs, sequence, streamCreated, ...row }) => ({
      ...(row as unknown as SavedDeadLetter),
      ageMs: Number(ageMs),
      ...(sequence !== null && streamCreated !== null && { sequence: Number(sequence), streamCreated }),
    }))
  },
  async load(id) {
    const [row] = await db.select().from(deadLetters).where(unlocked(id))
    return row && ({ id, ...JSON.parse(row.content) } as DeadLetterRecord)
  },
  async among(ids) {
    if (ids.length === 0) return new Set()
    const rows = await db.select({ id: deadLetters.id }).from(deadLetters).where(keyIn(deadLetters.id, ids))
    return new Set(rows.map(({ id }) => id))
  },
})

/** Letters that nobody settles. The broker keeps them longer. */
const openForMs = 90 * 24 * 3_600_000

/** Deletes the records of dead letters that were settled before `olderThanMs`, and of open ones after 90 days. */
export async function pruneDeadLetters(db: Database, olderThanMs: number, stopping?: AbortSignal) {
  const before = (ms: number) => sql`now() - make_interval(secs => ${ms / 1000})`
  const settled = sql`outcome in ('handled', 'discarded') and saved_at < ${before(olderThanMs)}
    and settled_at < ${before(olderThanMs)}`
  await deleteInBatches(db, deadLetters, settled, stopping)
  await deleteInBatches(db, deadLetters, sql`saved_at < ${before(openForMs)}`, stopping)
}
