import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { isTlsError } from '../tls/certificate-files.ts'
import { driverOptions, drizzleOn } from './driver.ts'
import { openPool } from './pool.ts'
import { sessionSettings } from './session.ts'
import { postgresTls } from './tls.ts'

export type Database = PostgresJsDatabase<Record<string, never>>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export type { PoolState } from './pool.ts'

export type OpenDatabase = ReturnType<typeof openDatabase>

const opened = new WeakSet<object>()

/**
 * @throws if `db` is of another client: postgres.js alone commits a part of a transaction whose connection is lost
 */
export function requireOwnPool(db: Database): void {
  if (!opened.has(db))
    throw new TypeError('db must be of openDatabase: no other client keeps transactions whole')
}

/**
 * Opens a pool, which connects when it is first used. Statements with parameters are prepared: keep the number of
 * different texts small, as `recordset` does.
 * @param url with role and password; it is never logged
 */
export function openDatabase(url: string, name: string, { connections = 10, silentMs = 20_000 } = {}) {
  const { url: address, ...tls } = postgresTls(url)
  const options = driverOptions(address, {
    ...tls,
    connection: {
      ...sessionSettings,
      application_name: name,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  })
  const pool = openPool(options, { connections, silentMs })
  const db: Database = drizzleOn(pool)
  opened.add(db)
  return {
    db,
    async isUp(): Promise<boolean> {
      await pool.unsafe('select 1')
      return true
    },
    /** How far the pool is used. */
    pool: pool.state,
    close: pool.close,
  }
}

/**
 * The columns that this version knows. A statement that writes `*` instead would give a column that a newer version
 * has added no value, and not its default.
 * (database.int.test: "leaves columns that it does not know to their defaults")
 */
export const columnsOf = (table: PgTable): SQL =>
  sql.join(
    Object.values(getTableColumns(table)).map(({ name }) => sql.identifier(name)),
    sql`, `,
  )

/** The rows as one JSON parameter, so that the statement's text does not depend on their number. */
export function recordset(table: PgTable, rows: readonly object[]): SQL {
  const columns = Object.entries(getTableColumns(table))
  const json = rows.map((row) =>
    Object.fromEntries(columns.map(([property, { name }]) => [name, row[property as keyof typeof row]])),
  )
  return sql`jsonb_populate_recordset(null::${table}, ${JSON.stringify(json)}::text::jsonb)`
}

/** The database's time in `ms` from now. */
export const inMs = (ms: number): SQL => sql`now() + make_interval(secs => ${ms / 1000})`

/** Another replica may give longer leases and delays. */
const clockMarginMs = 60_000

/**
 * Whether a time lies further ahead than any that is given now, `maxMs` at most. It was given before the database's
 * clock was set back, and means nothing any longer.
 */
export const isFarAhead = (column: PgColumn, maxMs = 0): SQL =>
  sql`${column} > ${inMs(maxMs + clockMarginMs)}`

/** Whether a column is one of the keys, which are one parameter, whatever their number. */
export const keyIn = (column: PgColumn, keys: readonly string[]): SQL =>
  sql`${column} = any(array(select jsonb_array_elements_text(${JSON.stringify(keys)}::text::jsonb))::${sql.raw(column.getSQLType())}[])`

export function primaryKeyOf(table: PgTable): PgColumn {
  const key = Object.values(getTableColumns(table)).find((column) => column.primary)
  if (!key) throw new Error('the table needs a primary key of one column')
  return key
}

/** Inserts rows. A row whose primary key exists is overwritten as a whole. */
export async function upsertAll(tx: Database | Transaction, table: PgTable, rows: readonly object[]) {
  if (rows.length === 0) return
  const columns = Object.values(getTableColumns(table))
  const key = primaryKeyOf(table)
  const overwrite = columns
    .filter((column) => column !== key)
    .map((column) => sql`${sql.identifier(column.name)} = excluded.${sql.identifier(column.name)}`)
  await tx.execute(sql`
    insert into ${table} (${columnsOf(table)}) select ${columnsOf(table)} from ${recordset(table, rows)}
    on conflict (${sql.identifier(key.name)}) do update set ${sql.join(overwrite, sql`, `)}`)
}

// Postgres cannot be reached, refuses the login, has no such database, is a standby, has run out of a resource, ended
// the statement or the transaction by its time limit, is shutting down, or its disk fails.
const outageCodes =
  /^(08|28|3D|25006|25P03|53|57014|57P0|58)|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/

/** Whether the database failed, not the statement, so that a retry can succeed. */
export const isDatabaseOutage = (error: unknown): boolean =>
  hasCode(error, outageCodes) || someCause(error, isTlsError)

/** Whether the login is refused or the database does not exist: at the start of a service a setting is wrong. */
export const isLoginRefused = (error: unknown): boolean => hasCode(error, /^(28|3D)/)

/** Whether the error, or a cause of it, has such a code. */
export const hasCode = (error: unknown, codes: RegExp): boolean =>
  someCause(error, (cause) => codes.test(String((cause as { code?: unknown }).code ?? '')))

function someCause(error: unknown, holds: (error: Error) => boolean): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (holds(cause)) return true
  return false
}
