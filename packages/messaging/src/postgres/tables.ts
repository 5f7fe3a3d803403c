import { is, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'
import * as schema from './schema.ts'

/**
 * Creates the tables of `schema.ts` that do not exist yet, with their indexes; an existing table stays as it is.
 * Replicas that start together wait for the first one. A service that generates its migrations from `schema.ts` needs
 * none of it.
 * (tables.int.test: "are created as drizzle-kit would, once")
 */
export async function createTables(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${tablesLock})`)
    for (const table of Object.values(schema))
      if (is(table, PgTable)) for (const statement of createStatements(table)) await tx.execute(statement)
  })
}

const tablesLock = 7_233_002_872

function createStatements(table: PgTable): SQL[] {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table)
  const listed = (names: readonly string[]) =>
    sql.join(
      names.map((column) => sql.identifier(column)),
      sql`, `,
    )
  const parts = columns.map((column) =>
    sql.join(
      [
        sql`${sql.identifier(column.name)} ${sql.raw(column.getSQLType())}`,
        ...(column.primary ? [sql`primary key`] : column.notNull ? [sql`not null`] : []),
        ...(column.default === undefined ? [] : [sql`default ${column.default}`]),
      ],
      sql` `,
    ),
  )
  for (const key of primaryKeys) parts.push(sql`primary key (${listed(key.columns.map((it) => it.name))})`)
  return [
    sql`create table if not exists ${sql.identifier(name)} (${sql.join(parts, sql`, `)})`,
    ...indexes.map(({ config }) => {
      const keys = listed(config.columns.map((column) => ('name' in column ? String(column.name) : '')))
      const where = config.where ? sql` where ${config.where}` : sql``
      return sql`create ${sql.raw(config.unique ? 'unique ' : '')}index if not exists ${sql.identifier(String(config.name))} on ${sql.identifier(name)} (${keys})${where}`
    }),
  ]
}
