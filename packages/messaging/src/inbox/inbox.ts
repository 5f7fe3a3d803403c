import { sql } from 'drizzle-orm'
import { firstIdAt } from '../events/event.ts'
import { type Database, keyIn, type Transaction } from '../postgres/database.ts'
import { deleteInBatches } from '../postgres/delete-in-batches.ts'
import { inbox } from '../postgres/schema.ts'

/**
 * The ids of the events that were not handled before, of some whose keys the transaction has locked: another
 * transaction that handles one of them waits for the lock of its key.
 * (unit-of-work.int.test: "handles an event once that comes to two replicas")
 */
export async function freshAmong(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.select().from(inbox).where(keyIn(inbox.id, ids))
  const handled = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => !handled.has(id)))
}

/** Records the ids of events in the transaction that handles them. */
export async function recordHandled(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.execute(sql`
    insert into ${inbox} (id) select distinct id from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) as id`)
}

/** Rejects while the database cannot be used. A standby server, which answers reads, refuses this, too. */
export const isWritable = (db: Database): Promise<unknown> =>
  db.execute(sql`update ${inbox} set id = id where false`)

/** Deletes the ids of events that are older than `olderThanMs`. */
export const pruneInbox = (db: Database, olderThanMs: number, stopping?: AbortSignal): Promise<void> =>
  deleteInBatches(db, inbox, sql`id < ${firstIdAt(Date.now() - olderThanMs)}`, stopping)

// It sorts after all event ids, so that pruning keeps it: dead letters are kept longer than the inbox.
// (reprocess.int.test: "counts as handled for longer than the inbox keeps its event")
const reprocessedPrefix = 'letter:'

/** Remembers for good that the message of a dead letter was handled. */
export async function recordReprocessed(db: Database, eventId: string): Promise<void> {
  const id = reprocessedPrefix + eventId
  await db.insert(inbox).values({ id }).onConflictDoNothing()
}

/** The ids of those events that were handled, by a delivery within the retention of the inbox or by reprocessing. */
export async function handledAmong(db: Database, events: readonly { readonly eventId: string }[]) {
  if (events.length === 0) return new Set<string>()
  const ids = events.map(({ eventId }) => eventId)
  const wanted = [...ids, ...ids.map((id) => reprocessedPrefix + id)]
  const rows = await db.select().from(inbox).where(keyIn(inbox.id, wanted))
  const recorded = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => recorded.has(id) || recorded.has(reprocessedPrefix + id)))
}
