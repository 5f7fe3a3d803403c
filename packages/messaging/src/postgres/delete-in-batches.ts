import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

/** Rows in one statement. */
const batchSize = 20_000

/**
 * Deletes the rows that fit, part by part, until it is told to stop: in one statement, more than the database can
 * delete before it ends a statement would stay, and be even more the next time.
 * (outbox.int.test: "forgets any number of events, in statements that stay short")
 */
export async function deleteInBatches(
  db: Database,
  table: PgTable,
  condition: SQL,
  stopping?: AbortSignal,
): Promise<void> {
  const part = sql`array(select ctid from ${table} where ${condition} limit ${batchSize})`
  // A row that is changed meanwhile is at another place then, and stays.
  for (let deleted = batchSize; deleted === batchSize && !stopping?.aborted; )
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${part})`)).count
}
