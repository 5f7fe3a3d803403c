import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'drizzle-orm'
import { recordset } from './database.ts'
import { inbox } from './tables.ts'
import { testDatabase } from './testing/servers.ts'

describe('a database', () => {
  it('plans a prepared statement anew when its table has grown', async () => {
    await using database = await testDatabase()
    const { db } = database
    await db.execute(sql`alter table inbox set (autovacuum_enabled = false)`)
    // One connection, so that all of it is the same prepared statement.
    const read = await db.transaction(async (tx) => {
      const find = () =>
        tx.execute(sql`select inbox.* from ${recordset(inbox, [{ id: '7' }])} join inbox using (id)`)
      for (let i = 0; i < 10; i += 1) await find()
      await tx.execute(sql`insert into inbox select generate_series(1, 100000)::text`)
      const rowsRead = async () => {
        const [row] = await tx.execute<{ rows: number }>(
          sql`select seq_tup_read::int as rows from pg_stat_xact_user_tables where relname = 'inbox'`,
        )
        return row?.rows ?? Number.NaN
      }
      const before = await rowsRead()
      assert.deepEqual([...(await find())], [{ id: '7' }])
      return (await rowsRead()) - before
    })
    assert.equal(read, 0)
  })
})
