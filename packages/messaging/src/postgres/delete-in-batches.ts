import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

/** Rows in one statement. With more, Postgres could end the statement by its time limit, and delete nothing. */
const batchSize = 20_000

/**
 * Deletes the rows that match `condition` in short statements, until `stopping` aborts; rows that others have locked
 * stay until the next time.
 * (outbox.int.test: "prunes any number of events in short statements")
 * (locked-outbox.int.test: "are pruned later than the others")
 */
export async function deleteInBatches(db: Database, table: PgTable, condition: SQL, stopping?: AbortSignal) {
  const batch = sql`array(select ctid from ${table} where ${condition} limit ${batchSize} for update skip locked)`
  for (let deleted = batchSize; deleted === batchSize && !stopping?.aborted; )
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${batch})`)).count
}
