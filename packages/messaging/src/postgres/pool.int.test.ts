import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { testProxy } from '../testing/proxy.ts'
import { testDatabase } from '../testing/servers.ts'
import { openDatabase } from './database.ts'
import { driverOptions } from './driver.ts'
import { openPool } from './pool.ts'

it('a pool tells how many of its connections are open and in use, and how much waits for one', async () => {
  await using database = await testDatabase()
  await using proxy = await testProxy(database.url)
  const { db, pool, close } = openDatabase(proxy.url, 'test', { connections: 2 })
  assert.deepEqual(pool(), { size: 2, open: 0, inUse: 0, waiting: 0 })
  using work = blockedWork()
  const transactions = [1, 2, 3].map(() =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select 1`)
      await work.released
    }),
  )
  await eventually(() => assert.deepEqual(pool(), { size: 2, open: 2, inUse: 2, waiting: 1 }))
  work.release()
  await Promise.all(transactions)
  // drizzle sends a statement only when it is asked to.
  const statement = db.execute(sql`select pg_sleep(0.3)`).execute()
  await eventually(() => assert.deepEqual(pool(), { size: 2, open: 2, inUse: 1, waiting: 0 }))
  await statement
  assert.deepEqual(pool(), { size: 2, open: 2, inUse: 0, waiting: 0 })

  const failing = [1, 2].map(() => db.transaction((tx) => tx.execute(sql`select pg_sleep(60)`)))
  await eventually(() => assert.equal(pool().inUse, 2))
  proxy.cut()
  await Promise.allSettled(failing)
  await close()
  await eventually(() => assert.deepEqual(pool(), { size: 2, open: 0, inUse: 0, waiting: 0 }))
})

it('a pool replaces connections that have ended of old age, also if all of them were idle then', {
  timeout: 20_000,
}, async () => {
  await using database = await testDatabase()
  const limits = { connections: 2, silentMs: 20_000, lifeMs: () => 50 }
  const pool = openPool(driverOptions(database.url, {}), limits)
  const backend = async () => JSON.stringify(await pool.unsafe('select pg_backend_pid()'))
  const both = () => Promise.all([backend(), backend()])
  const first = await both()
  assert.equal(new Set(first).size, 2)
  await delay(60)
  const second = await both()
  assert.equal(new Set([...first, ...second]).size, 4)
  await delay(60)
  assert.equal(await pool.begin(async () => 'begun'), 'begun')
  await pool.close()
})

it('a statement outside of a transaction waits for a connection of its own, and is no part of it', async () => {
  await using database = await testDatabase()
  const { db, pool, close } = openDatabase(database.url, 'test', { connections: 1 })
  await db.execute(sql`create table outside (id integer)`)
  using work = blockedWork()
  const undone = db.transaction(async (tx) => {
    await tx.execute(sql`select 1`)
    await work.released
    throw new Error('undone')
  })
  await eventually(() => assert.equal(pool().inUse, 1))
  const inserted = db.execute(sql`insert into outside values (1)`).execute()
  // Drizzle hands it over in a later turn of the event loop.
  await delay(10)
  work.release()
  await assert.rejects(undone, /undone/)
  await inserted
  const [row] = await db.execute(sql`select count(*)::int as kept from outside`)
  assert.equal(row?.kept, 1)
  await close()
})
