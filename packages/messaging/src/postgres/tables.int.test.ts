import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testPostgres } from '@saucery/servers/testing/servers'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { type SQL, sql } from 'drizzle-orm'
import { openDatabase } from './database.ts'
import * as schema from './schema.ts'
import { createTables } from './tables.ts'

/** All columns and indexes of a database, as Postgres describes them. */
async function described(
  prepare: (
    execute: (statement: SQL) => PromiseLike<unknown>,
    db: Parameters<typeof createTables>[0],
  ) => Promise<unknown>,
) {
  await using server = await testPostgres()
  const { db, close } = openDatabase(server.url, 'test')
  await prepare((statement) => db.execute(statement), db)
  const columns = await db.execute(sql`
    select table_name, column_name, data_type, datetime_precision, is_nullable, column_default
    from information_schema.columns where table_schema = 'public' order by 1, ordinal_position`)
  const indexes = await db.execute<{ indexdef: string }>(
    sql`select tablename, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`,
  )
  await close()
  // The index of a primary key has a name that drizzle-kit may choose.
  return {
    columns: [...columns],
    indexes: indexes.map(({ indexdef }) => indexdef.replace(/INDEX \w+_(pkey|pk) /, 'INDEX ')),
  }
}

describe('the tables of the package', () => {
  it('are created as drizzle-kit would, once', async () => {
    const created = await described(async (_, db) => {
      await Promise.all([createTables(db), createTables(db)])
    })
    const empty = generateDrizzleJson({})
    const migration = await generateMigration(empty, generateDrizzleJson(schema, empty.id))
    const generated = await described(async (execute) => {
      for (const statement of migration) await execute(sql.raw(statement))
    })
    assert.ok(created.columns.length > 40)
    assert.deepEqual(created, generated)
  })
})
