import { sql } from 'drizzle-orm'
import { firstIdAt } from '../events/event.ts'
import { type Database, keyIn, type Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { inbox } from '../postgres/schema.ts'

/**
 * Records the ids of events that this transaction handles.
 * @returns those that were not handled before
 */
export async function claim(tx: Transaction, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  // Sorted, so that two groups with the same ids cannot wait for each other.
  const rows = await tx.execute<{ id: string }>(sql`
    insert into ${inbox} (id)
    select distinct id from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) as id order by id
    on conflict do nothing
    returning id`)
  return new Set(rows.map(({ id }) => id))
}

/** Takes back that this transaction handles these events. */
export async function release(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.execute(sql`delete from ${inbox} where ${keyIn(inbox.id, ids)}`)
}

/** Forgets events older than `olderThanMs`; the state alone also makes reactions idempotent. */
export const pruneInbox = (db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(db, inbox, sql`id < ${firstIdAt(Date.now() - olderThanMs)}`, stopping)

// Beyond the ids of events, so that it outlives them: letters are kept longer.
// (reprocess.int.test: "is known as handled for longer than its event is remembered")
const letterMark = 'letter:'

/** Remembers for good that the message of a dead letter was handled. */
export async function recordReprocessed(db: Database, eventId: string): Promise<void> {
  await db
    .insert(inbox)
    .values({ id: letterMark + eventId })
    .onConflictDoNothing()
}

/** Which of these events were handled, if it was not too long ago or from a dead letter. */
export async function handledAmong(db: Database, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set()
  const wanted = [...eventIds, ...eventIds.map((id) => letterMark + id)]
  const rows = await db.select().from(inbox).where(keyIn(inbox.id, wanted))
  return new Set(rows.map(({ id }) => (id.startsWith(letterMark) ? id.slice(letterMark.length) : id)))
}
