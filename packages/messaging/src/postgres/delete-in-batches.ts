import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

/** Rows in one statement. With more, Postgres could end the statement by its time limit, and delete nothing. */
const batchSize = 20_000

/**
 * Deletes the rows that match `condition` in short statements, until `stopping` aborts.
 * (outbox.int.test: "prunes any number of events in short statements")
 */
export async function deleteInBatches(db: Database, table: PgTable, condition: SQL, stopping?: AbortSignal) {
  const batch = sql`array(select ctid from ${table} where ${condition} limit ${batchSize})`
  // A row that is updated meanwhile has another ctid then, and stays.
  for (let deleted = batchSize; deleted === batchSize && !stopping?.aborted; )
    deleted = (await db.execute(sql`delete from ${table} where ctid = any(${batch})`)).count
}
