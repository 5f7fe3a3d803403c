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
  const rows = await tx.select({ id: inbox.id }).from(inbox).where(keyIn(inbox.id, ids))
  const handled = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => !handled.has(id)))
}

/** An event that is handled, and how often the stream has delivered it. */
export interface Handled {
  readonly id: string
  readonly deliveries?: number
}

/** Records events in the transaction that handles them. */
export async function recordHandled(tx: Transaction, events: readonly Handled[]): Promise<void> {
  if (events.length === 0) return
  const deliveries = Object.fromEntries(events.map(({ id, deliveries }) => [id, deliveries ?? null]))
  await tx.execute(sql`
    insert into ${inbox} (id, handled_at, deliveries)
    select id, now(), deliveries::int
    from jsonb_each_text(${JSON.stringify(deliveries)}::text::jsonb) as row (id, deliveries)`)
}

/** When a service handled an event and after how many deliveries, as far as it knows; undefined if it has not. */
export async function handlingOf(db: Database, eventId: string) {
  const ids = [eventId, reprocessedPrefix + eventId]
  const [row] = await db.select().from(inbox).where(keyIn(inbox.id, ids)).orderBy(inbox.id).limit(1)
  if (!row) return undefined
  return {
    handledAt: row.handledAt === null ? undefined : new Date(row.handledAt).toISOString(),
    deliveries: row.deliveries ?? undefined,
  }
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
  await db.insert(inbox).values({ id, handledAt: sql`now()` }).onConflictDoNothing()
}

/** The ids of those events that were handled, by a delivery within the retention of the inbox or by reprocessing. */
export async function handledAmong(db: Database, events: readonly { readonly eventId: string }[]) {
  if (events.length === 0) return new Set<string>()
  const ids = events.map(({ eventId }) => eventId)
  const wanted = [...ids, ...ids.map((id) => reprocessedPrefix + id)]
  const rows = await db.select({ id: inbox.id }).from(inbox).where(keyIn(inbox.id, wanted))
  const recorded = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => recorded.has(id) || recorded.has(reprocessedPrefix + id)))
}
