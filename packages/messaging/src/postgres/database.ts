import { type ExtractTablesWithRelations, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable, PgTransaction } from 'drizzle-orm/pg-core'
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { type Address, openSocket } from './socket.ts'

type NoSchema = Record<string, never>
export type Database = PostgresJsDatabase<NoSchema>
export type Transaction = PgTransaction<
  PostgresJsQueryResultHKT,
  NoSchema,
  ExtractTablesWithRelations<NoSchema>
>

/** A pool of connections to one database, and how to let go of it. */
export interface OpenDatabase {
  readonly db: Database
  /** Whether it answers. */
  isUp(): Promise<boolean>
  close(): Promise<void>
}

/**
 * Opens a pool; connects when first used.
 * @param url with role and password; it appears in no log
 */
export function openDatabase(
  url: string,
  name: string,
  { connections = 10, silentMs = 20_000 } = {},
): OpenDatabase {
  const own = { socket: (address: Address) => openSocket(address, silentMs) }
  const client = postgres(url, {
    ...own,
    // Ended properly before it is taken for a connection that has gone silent.
    idle_timeout: silentMs / 2000,
    max: connections,
    connect_timeout: 5,
    // The default waits up to 20 s before it tries again, which is long after the server is back.
    backoff: (() => 0.1 + Math.random() / 10) as never,
    onnotice: () => {},
    // Nothing here has array parameters, and a connection lost while it asks for their types would end the process.
    // (database.int.test: "survives connections that are reset before they have done anything")
    fetch_types: false,
    connection: {
      application_name: name,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
      // A plan made while a table is small would read all of it for as long as the statement stays prepared.
      // (database.int.test: "plans a prepared statement anew when its table has grown")
      plan_cache_mode: 'force_custom_plan',
    },
  })
  return {
    db: drizzle({ client: prepared(client) }),
    isUp: async () => (await client`select 1`).length === 1,
    close: () => client.end({ timeout: 5 }),
  }
}

/**
 * Drizzle sends raw statements unprepared, which costs postgres.js a round trip more each, and their pipelining.
 * Statements with parameters are prepared here; keep their texts few, as `recordset` does.
 */
function prepared<C extends postgres.Sql | postgres.TransactionSql>(client: C): C {
  const unsafe: C['unsafe'] = (text, parameters = []) =>
    client.unsafe(text, parameters, { prepare: parameters.length > 0 })
  const nested = (name: 'begin' | 'savepoint') => (run: (tx: postgres.TransactionSql) => unknown) =>
    (client as unknown as Record<string, (run: unknown) => unknown>)[name]?.((tx: postgres.TransactionSql) =>
      run(prepared(tx)),
    )
  const { options } = client as postgres.Sql
  return { options, unsafe, begin: nested('begin'), savepoint: nested('savepoint') } as unknown as C
}

/** The rows as one JSON parameter, so that the statement is the same whatever their number. */
export function recordset(table: PgTable, rows: readonly object[]): SQL {
  const columns = Object.entries(getTableColumns(table))
  const json = rows.map((row) =>
    Object.fromEntries(
      columns.map(([property, { name }]) => [name, row[property as keyof typeof row] ?? null]),
    ),
  )
  return sql`jsonb_populate_recordset(null::${table}, ${JSON.stringify(json)}::text::jsonb)`
}

/** A condition on a filter that may be absent. */
export const when = <T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined =>
  value === undefined ? undefined : condition(value)

/** A part of a list that is sorted by id: from `since` on, before `until` and `cursor`. */
export interface IdRange {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly cursor?: string | undefined
}

/** Conditions on an id that keep it within a range. */
export const inRange = (id: PgColumn, { since, until, cursor }: IdRange): (SQL | undefined)[] => [
  when(since, (first) => gte(id, first)),
  when(until, (end) => lt(id, end)),
  when(cursor, (end) => lt(id, end)),
]

/** Whether a column is one of the keys: one parameter, whatever their number. */
export const keyIn = (column: PgColumn, keys: readonly string[]): SQL =>
  sql`${column} = any(array(select jsonb_array_elements_text(${JSON.stringify(keys)}::text::jsonb))::${sql.raw(column.getSQLType())}[])`

/** Inserts rows; a row whose primary key exists is overwritten whole. */
export async function upsertAll(
  tx: Database | Transaction,
  table: PgTable,
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.values(getTableColumns(table))
  const key = columns.find((column) => column.primary)
  if (!key) throw new Error('upsertAll needs a table with a primary key of one column')
  const overwrite = columns
    .filter((column) => column !== key)
    .map((column) => sql`${sql.identifier(column.name)} = excluded.${sql.identifier(column.name)}`)
  await tx.execute(sql`
    insert into ${table} select * from ${recordset(table, rows)}
    on conflict (${sql.identifier(key.name)}) do update set ${sql.join(overwrite, sql`, `)}`)
}

// Of Postgres: it cannot be connected to, refuses the login, has no such database, is a standby now, lacks something,
// ended the statement or the transaction for its time, is shutting down, or its disk fails.
const outageCodes =
  /^(08|28|3D|25006|25P03|53|57014|57P0|58)|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/

/** Whether the database, not the statement, was at fault: waiting helps, and the message is not to blame. */
export const isDatabaseOutage = (error: unknown): boolean => hasCode(error, outageCodes)

/** Whether the login is refused, or there is no such database: at a start, a setting is wrong. */
export const isLoginRefused = (error: unknown): boolean => hasCode(error, /^(28|3D)/)

function hasCode(error: unknown, codes: RegExp): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (codes.test(String((cause as { code?: unknown }).code ?? ''))) return true
  return false
}
