import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { counters } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { testProxy } from '../testing/proxy.ts'
import { testDatabase } from '../testing/servers.ts'
import {
  isDatabaseOutage,
  isLoginRefused,
  openDatabase,
  recordset,
  requireOwnPool,
  upsertAll,
} from './database.ts'
import { inbox } from './schema.ts'

/** A pool whose connections the test can cut or silence. */
async function cuttable({
  connections = 1,
  silentMs = 20_000,
  resetsOn = (_data: Buffer): boolean => false,
} = {}) {
  const database = await testDatabase()
  const proxy = await testProxy(database.url, resetsOn)
  const pool = openDatabase(proxy.url, 'test', { connections, silentMs })
  return {
    ...pool,
    cut: proxy.cut,
    silence: proxy.silence,
    /** A pool that does not use the proxy. */
    direct: database.db,
    endlessRun: (statements: number) =>
      eventually(async () => {
        const [row] = await database.db.execute<{ running: number }>(sql`
          select count(*)::int as running from pg_stat_activity
          where wait_event = 'PgSleep' and datname = current_database()`)
        assert.equal(row?.running, statements)
      }),
    async [Symbol.asyncDispose]() {
      await pool.close()
      await proxy[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const one = sql`select 1`
const short = sql`select pg_sleep(0.1)`
const endless = sql`select pg_sleep(60)`

describe('a database', () => {
  it('keeps a plan that reads a table by its index, however much the table grows', async () => {
    await using database = await testDatabase()
    const { db } = database
    await db.execute(sql`alter table inbox set (autovacuum_enabled = false)`)
    // In one transaction, so that all executions use the same prepared statement.
    const read = await db.transaction(async (tx) => {
      const find = () =>
        tx.execute(sql`select inbox.id from ${recordset(inbox, [{ id: '7' }])} join inbox using (id)`)
      for (let i = 0; i < 10; i += 1) await find()
      await tx.execute(sql`insert into inbox select generate_series(1, 100000)::text`)
      const rowsRead = async () => {
        const [row] = await tx.execute<{ rows: number }>(
          sql`select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'inbox'`,
        )
        return row?.rows ?? Number.NaN
      }
      const before = await rowsRead()
      assert.deepEqual([...(await find())], [{ id: '7' }])
      return (await rowsRead()) - before
    })
    assert.equal(read, 1)
  })

  it('begins a transaction on a connection that has as many statements under way as it takes', async () => {
    await using database = await testDatabase()
    const pool = openDatabase(database.url, 'test', { connections: 2 })
    // postgres.js leaves a hundred statements under way on each connection.
    const counts = Array.from({ length: 12 }, (_, i) => 195 + i)
    for (const count of counts) {
      const busy = Array.from({ length: count }, () => pool.db.execute(sql`select ${count}::int`).execute())
      const transaction = pool.db.transaction((tx) => tx.insert(inbox).values({ id: `${count}` }))
      await Promise.all([...busy, transaction])
    }
    assert.equal((await database.db.select().from(inbox)).length, counts.length)
    await pool.close()
  })

  it('rejects a transaction whose connection is lost, as an outage', async () => {
    await using pool = await cuttable()
    const transaction = pool.db.transaction(async (tx) => {
      const statements = Promise.all([tx.execute(one), tx.execute(endless), tx.execute(one)])
      await pool.endlessRun(1)
      pool.cut()
      await statements
    })
    await assert.rejects(transaction, isDatabaseOutage)
    await pool.db.execute(one)
  })

  it('runs no statement of a lost transaction on the connection that follows', async () => {
    await using pool = await cuttable()
    using work = blockedWork()
    let late: Promise<unknown> = Promise.resolve()
    const transaction = pool.db.transaction(async (tx) => {
      await tx.execute(one)
      pool.cut()
      await work.released
      late = tx.execute(sql`insert into inbox values ('late')`).catch((error) => error)
    })
    await assert.rejects(transaction, isDatabaseOutage)
    await pool.db.execute(one)
    work.release()
    await work.released
    assert.ok(isDatabaseOutage(await late))
    assert.deepEqual(await pool.direct.select().from(inbox), [])
  })

  it('reconnects connections that are lost while statements are sent', async () => {
    await using pool = await cuttable({ connections: 10 })
    const failures: unknown[] = []
    const persistently = (statement: SQL): Promise<unknown> =>
      pool.db.execute(statement).catch((error) => {
        failures.push(error.cause.code)
        return persistently(one)
      })
    const all = (statements: number, statement: SQL) =>
      Promise.all(Array.from({ length: statements }, () => persistently(statement)))
    await all(10, short)
    // The other five connections are idle. A failed statement is retried on one that is about to be lost as well.
    const busy = all(5, endless)
    await pool.endlessRun(5)
    pool.cut()
    await busy
    await all(10, short)
    assert.ok(failures.length >= 5)
    assert.ok(!failures.includes('CONNECT_TIMEOUT'), String(failures))
  })

  it('survives connections that are reset before they have done anything', async () => {
    let resets = 3
    const resetsOn = (data: Buffer): boolean => data.includes('select') && resets-- > 0
    await using pool = await cuttable({ resetsOn })
    for (let i = 0; i < 3; i++) await assert.rejects(pool.db.execute(one), isDatabaseOutage)
    await pool.db.execute(one)
  })

  it('gives up on a server that has gone silent', async () => {
    await using pool = await cuttable({ connections: 2, silentMs: 1000 })
    let other: Promise<unknown> = Promise.resolve()
    const transaction = pool.db.transaction(async (tx) => {
      other = pool.db.execute(endless).catch((error) => error)
      await tx.execute(one)
      await pool.endlessRun(1)
      pool.silence()
      await tx.execute(one)
    })
    await assert.rejects(transaction, isDatabaseOutage)
    assert.ok(isDatabaseOutage(await other))
    await pool.db.execute(one)
  })

  it('survives that there is no route to the server', async () => {
    const pool = openDatabase('postgres://nobody@255.255.255.255/nowhere', 'test')
    for (let i = 0; i < 3; i++) await assert.rejects(pool.db.execute(one), /Failed query/)
    await pool.close()
  })

  it('answers after any idle time, although idle connections end', async () => {
    await using pool = await cuttable({ silentMs: 400 })
    for (const idleMs of [50, 150, 250, 350, 450, 600]) {
      await pool.db.execute(one)
      await delay(idleMs)
    }
    await pool.db.execute(one)
  })

  it('tells an outage from an error of the statement', async () => {
    await using database = await testDatabase()
    const { db } = database
    const tooLong = db.transaction(async (tx) => {
      await tx.execute(sql`set local statement_timeout = 50`)
      await tx.execute(endless)
    })
    await assert.rejects(tooLong, isDatabaseOutage)
    const standby = db.transaction(async (tx) => {
      await tx.execute(sql`set transaction read only`)
      await tx.insert(inbox).values({ id: '1' })
    })
    await assert.rejects(standby, isDatabaseOutage)
    const elsewhere = openDatabase(new URL('/no_such_database', database.url).href, 'test')
    await assert.rejects(
      elsewhere.db.execute(one),
      (error) => isDatabaseOutage(error) && isLoginRefused(error),
    )
    await elsewhere.close()
    const wrong = db.execute(sql`select 1 / 0`)
    await assert.rejects(wrong, (error) => !isDatabaseOutage(error) && !isLoginRefused(error))
  })

  it('closes at once after its connections were lost', async () => {
    await using pool = await cuttable()
    const statement = pool.db.execute(endless).catch((error) => error)
    await pool.endlessRun(1)
    pool.cut()
    assert.ok(isDatabaseOutage(await statement))
    const began = performance.now()
    await pool.close()
    assert.ok(performance.now() - began < 4000)
  })

  it('is known from that of another client, which would not keep transactions whole', async () => {
    await using database = await testDatabase()
    assert.doesNotThrow(() => requireOwnPool(database.db))
    assert.throws(() => requireOwnPool(drizzle({ client: postgres(database.url) })), /openDatabase/)
  })

  it('leaves columns that it does not know to their defaults', async () => {
    await using database = await testDatabase()
    const { db } = database
    await upsertAll(db, counters, [{ id: 'a', count: 1 }])
    await db.execute(sql.raw("alter table counters add column newer text not null default 'usual'"))
    await db.execute(sql`update counters set newer = 'written by a newer version'`)
    const rows = [
      { id: 'a', count: 2 },
      { id: 'b', count: 3 },
    ]
    await upsertAll(db, counters, rows)
    assert.deepEqual(
      [...(await db.execute(sql`select * from counters order by id`))],
      [
        { ...rows[0], newer: 'written by a newer version' },
        { ...rows[1], newer: 'usual' },
      ],
    )
  })
})
