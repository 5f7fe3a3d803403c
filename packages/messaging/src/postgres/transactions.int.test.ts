import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'drizzle-orm'
import { watchTraffic } from '../testing/postgres-traffic.ts'
import { testDatabase } from '../testing/servers.ts'
import { hasCode, openDatabase } from './database.ts'
import { inbox } from './schema.ts'

describe('a pool', () => {
  it('sends the statements of a transaction in two writes, however long they are', async () => {
    await using database = await testDatabase()
    const pool = openDatabase(database.url, 'test', { connections: 1 })
    using traffic = watchTraffic(database.url)
    const long = 'x'.repeat(3000)
    const run = () =>
      pool.db.transaction(async (tx) => {
        const find = () => tx.execute(sql`select id from inbox where id = ${long}`)
        await Promise.all([find(), find(), find()])
        void tx.execute(sql`insert into inbox values (${long}) on conflict do nothing`).execute()
      })
    // Postgres describes each statement before its first use.
    await run()
    traffic.take()
    await run()
    const { writes, roundTrips } = traffic.take()
    assert.deepEqual(
      writes.map((statements) => statements.map(({ text }) => text.trim().split(' ')[0])),
      [
        ['begin', 'select', 'select', 'select'],
        ['insert', 'commit'],
      ],
    )
    assert.equal(roundTrips, 2)
    await pool.close()
  })

  it('rejects a transaction whose last statement fails, though the transaction does not wait for it', async () => {
    await using database = await testDatabase()
    const { db } = database
    const failing = db.transaction(async (tx) => {
      await tx.insert(inbox).values({ id: 'a' })
      tx.execute(sql`insert into inbox values (${'a'})`).catch(() => {})
    })
    await assert.rejects(failing, (error) => hasCode(error, /^23505/))
    const caught = db.transaction(async (tx) => {
      await tx.insert(inbox).values({ id: 'a' })
      await tx.execute(sql`select 1 / ${0}::int`).catch(() => {})
    })
    await assert.rejects(caught, (error) => hasCode(error, /^22012/))
    assert.deepEqual(await db.select().from(inbox), [])
  })
})
