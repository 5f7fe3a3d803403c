import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'drizzle-orm'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { testProxy } from '../testing/proxy.ts'
import { testDatabase } from '../testing/servers.ts'
import { openDatabase } from './database.ts'

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
