import { sql } from 'drizzle-orm'
import { type Database, keyIn, type Transaction } from './database.ts'
import { firstIdAt } from './event.ts'
import { inbox } from './tables.ts'

/**
 * Records the ids of events that this transaction handles.
 * @returns those that were not handled before
 */
export async function takeIn(tx: Transaction, ids: string[]): Promise<Set<string>> {
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
export async function putBack(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.execute(sql`delete from ${inbox} where ${keyIn(inbox.id, ids)}`)
}

/** Forgets events older than `olderThanMs`; the state alone also makes reactions idempotent. */
export async function pruneInbox(db: Database, olderThanMs: number): Promise<void> {
  await db.execute(sql`delete from ${inbox} where id < ${firstIdAt(Date.now() - olderThanMs)}`)
}
