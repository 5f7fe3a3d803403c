import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { type Database, hasCode, keyIn, primaryKeyOf, type Transaction } from './database.ts'

/** The rows of this key are locked by someone else for longer than a change waits. Nothing has changed. */
export class KeyBusy extends Error {
  override readonly name = 'KeyBusy'
}

/** Whether a statement waited for a lock for as long as its transaction allows. */
export const isLockTimeout = (error: unknown): boolean => hasCode(error, /^55P03/)

/** Whether a statement took as long as its transaction allows. */
export const isStatementTimeout = (error: unknown): boolean => hasCode(error, /^57014/)

export interface WaitLimits {
  readonly lockMs: number
  readonly statementMs: number
}

/**
 * Locks the keys until the end of the transaction, and limits each wait for a lock and each further statement of it.
 *
 * A row lock cannot guard a row that does not exist yet: two first events would race. Sorted, so that two transactions
 * cannot deadlock. (unit-of-work.int.test: "twenty first events at once make one state")
 */
export async function lockKeys(
  tx: Transaction,
  keys: readonly string[],
  { lockMs, statementMs }: WaitLimits,
) {
  await tx.execute(sql`
    with limits as materialized (
      select set_config('lock_timeout', ${String(lockMs)}, true), set_config('statement_timeout', ${String(statementMs)}, true)
    ), sorted as materialized (select distinct ${hashOfKey} as k from ${keysOf(keys)} order by k)
    select pg_advisory_xact_lock(k) from limits, sorted`)
}

/** The keys whose locks, or whose rows, another transaction holds now. */
export async function blockedAmong(db: Database, table: PgTable, keys: readonly string[]) {
  const id = primaryKeyOf(table)
  return db.transaction(async (tx) => {
    const [locks, rows] = await Promise.all([
      tx.execute<{ key: string }>(
        sql`select key from ${keysOf(keys)} where not pg_try_advisory_xact_lock(${hashOfKey})`,
      ),
      tx.execute<{ key: string }>(sql`
        select ${id}::text as key from ${table} where ${keyIn(id, keys)} and ${id} not in (
          select ${id} from ${table} where ${keyIn(id, keys)} for no key update skip locked)`),
    ])
    return new Set([...locks, ...rows].map(({ key }) => key))
  })
}

const hashOfKey = sql`hashtextextended(key, 0)`

const keysOf = (keys: readonly string[]): SQL =>
  sql`jsonb_array_elements_text(${JSON.stringify(keys)}::text::jsonb) as key`
