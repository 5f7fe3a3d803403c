// What postgres.js, as it is published, can lose of a transaction or commit alone. Each row of `pairs` is one of two that
// are inserted together.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import { testProxy } from '../testing/proxy.ts'
import { testDatabase } from '../testing/servers.ts'
import { type Database, hasCode, isDatabaseOutage, openDatabase, type Transaction } from './database.ts'

const pairs = pgTable('pairs', { id: integer('id').notNull(), half: integer('half').notNull() })

/** @param onSent may change what a client sends, in place; true resets its connection */
async function pairsBehindProxy({ connections = 1, onSent = (_data: Buffer): boolean => false } = {}) {
  const database = await testDatabase()
  await database.db.execute(sql`create table pairs (id integer not null, half integer not null)`)
  const proxy = await testProxy(database.url, onSent)
  const pool = openDatabase(proxy.url, 'test', { connections })
  return {
    db: pool.db,
    cut: proxy.cut,
    direct: database.db,
    /** The number of each pair's rows. */
    async halves(): Promise<Map<number, number>> {
      const rows = await database.db.select().from(pairs)
      return rows.reduce((sums, { id }) => sums.set(id, (sums.get(id) ?? 0) + 1), new Map<number, number>())
    },
    async [Symbol.asyncDispose]() {
      await pool.close()
      await proxy[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

const insert = (tx: Database | Transaction, id: number, half: number) =>
  tx.execute(sql`insert into pairs values (${id}, ${half})`)

/** As a transaction may be written: waiting for each statement, for the last ones, or in a savepoint. */
const waysToInsert: ((tx: Transaction, id: number) => Promise<unknown>)[] = [
  async (tx, id) => [await insert(tx, id, 1), await insert(tx, id, 2)],
  (tx, id) => Promise.all([insert(tx, id, 1), insert(tx, id, 2)]),
  async (tx, id) => {
    await tx.select().from(pairs).limit(1)
    for (const half of [1, 2]) insert(tx, id, half).catch(() => {})
  },
  async (tx, id) => {
    await insert(tx, id, 1)
    await tx.transaction((inner) => insert(inner, id, 2))
  },
]

/** A pair that is inserted while what the client sends is changed: `from` becomes `to`, of the same length. */
async function insertChanged(from: string, to: string, insertPair: (tx: Transaction) => Promise<unknown>) {
  const change: { from?: string } = {}
  await using pool = await pairsBehindProxy({
    onSent(data) {
      const at = change.from ? data.indexOf(`${change.from}\0`) : -1
      if (at >= 0) data.write(to, at)
      return false
    },
  })
  // Prepares the statements.
  await pool.db.transaction(insertPair)
  change.from = from
  const error = await pool.db.transaction(insertPair).catch((error) => error)
  return { error, rows: (await pool.halves()).get(1) }
}

describe('of a transaction, whatever happens to its connection,', () => {
  it('all or nothing is committed, and all if it resolves', async () => {
    await using pool = await pairsBehindProxy({ connections: 4 })
    const committed: number[] = []
    const failures: unknown[] = []
    let ids = 0
    const goesOn = () => committed.length < 60 || failures.length < 20
    async function keepInserting(way: number): Promise<void> {
      while (goesOn()) {
        const id = ids++
        await pool.db
          .transaction((tx) => waysToInsert[way % waysToInsert.length]?.(tx, id) as Promise<unknown>)
          .then(
            () => committed.push(id),
            (error) => failures.push(error),
          )
      }
    }
    async function keepCutting(): Promise<void> {
      for (; goesOn(); await delay(20 + Math.random() * 100)) pool.cut()
    }
    // More than there are connections: some wait.
    await Promise.all([keepCutting(), ...Array.from({ length: 8 }, (_, i) => keepInserting(i))])
    const halves = await pool.halves()
    const torn = [...halves].filter(([, rows]) => rows !== 2)
    assert.deepEqual(torn, [])
    assert.deepEqual(
      committed.filter((id) => !halves.has(id)),
      [],
    )
    for (const error of failures) assert.ok(isDatabaseOutage(error), String(error))
  })

  it('nothing is committed when its connection ends before its `commit` arrives', async () => {
    const cut: { text?: string } = { text: 'commit\0' }
    await using pool = await pairsBehindProxy({ onSent: (data) => !!cut.text && data.includes(cut.text) })
    for (const [id, insertPair] of waysToInsert.entries())
      await assert.rejects(
        pool.db.transaction((tx) => insertPair(tx, id)),
        isDatabaseOutage,
      )
    assert.deepEqual([...(await pool.halves())], [])
    delete cut.text
    await pool.db.transaction((tx) => insert(tx, 9, 1))
    assert.deepEqual([...(await pool.halves())], [[9, 1]])
  })

  it('nothing is committed when its `begin` fails and the connection goes on', async () => {
    for (const insertPair of waysToInsert) {
      const { error, rows } = await insertChanged('begin', 'begni', (tx) => insertPair(tx, 1))
      assert.ok(hasCode(error, /^42601/), String(error))
      assert.equal(rows, 2)
    }
  })

  it('it is told that the server has rolled it back instead', async () => {
    const { error, rows } = await insertChanged('commit', 'abort;', (tx) => insert(tx, 1, 1))
    assert.ok(hasCode(error, /TRANSACTION_ROLLED_BACK/), String(error))
    assert.equal(rows, 1)
  })

  it('nothing is committed when its last statement has a plan that is out of date', async () => {
    await using pool = await pairsBehindProxy()
    const insertLast = (tx: Transaction, id: number) =>
      void tx.execute(sql`insert into pairs values (${id}, ${2}) returning *`).catch(() => {})
    const ways: ((tx: Transaction, id: number) => Promise<unknown>)[] = [
      async (tx, id) => insertLast(tx, id),
      async (tx, id) => [await insert(tx, id, 1), insertLast(tx, id)],
      async (tx, id) => [
        await insert(tx, id, 1),
        await tx.transaction(async (inner) => insertLast(inner, id)),
      ],
      async (tx, id) => [
        await insert(tx, id, 1),
        await tx.execute(sql`insert into pairs values (${id}, ${2}) returning *`),
      ],
    ]
    for (const [i, insertPair] of ways.entries()) {
      const run = (id: number) => pool.db.transaction((tx) => insertPair(tx, id))
      await run(1)
      const before = await pool.halves()
      await pool.direct.execute(sql.raw(`alter table pairs add column newer_${i} text`))
      await assert.rejects(run(2))
      assert.deepEqual(await pool.halves(), before)
      await run(3)
    }
  })

  it('no statement is sent after its end', async () => {
    await using pool = await pairsBehindProxy()
    for (const ending of [() => {}, () => Promise.reject(new Error('refused'))]) {
      const kept: Transaction[] = []
      const keep = async (tx: Transaction) => [kept.push(tx), await insert(tx, 1, 1), await ending()]
      await pool.db.transaction(keep).catch(() => {})
      for (const tx of kept)
        await assert.rejects(insert(tx, 2, 1), (error) => hasCode(error, /TRANSACTION_ENDED/))
    }
    assert.deepEqual([...(await pool.halves())], [[1, 1]])
  })

  it('no other statement becomes part', async () => {
    await using pool = await pairsBehindProxy({ connections: 2 })
    const all = Array.from({ length: 300 }, (_, id) =>
      id % 3 === 0
        ? pool.db
            .transaction(async (tx) => {
              await insert(tx, id, 1)
              throw new Error('refused')
            })
            .catch(() => {})
        : insert(pool.db, id, 1),
    )
    await Promise.all(all)
    const ids = [...(await pool.halves()).keys()]
    assert.deepEqual(
      ids.filter((id) => id % 3 === 0),
      [],
    )
    assert.equal(ids.length, 200)
  })

  it('no other statement becomes part, not even one whose plan is out of date', async () => {
    await using pool = await pairsBehindProxy()
    const insertAlone = (id: number) =>
      pool.db.execute(sql`insert into pairs values (${id}, ${1}) returning *`).execute()
    await insertAlone(1)
    await pool.direct.execute(sql`alter table pairs add column newer text`)
    // postgres.js would repeat it.
    const outdated = insertAlone(2)
    const refused = pool.db.transaction(async (tx) => {
      await insert(tx, 3, 1)
      throw new Error('refused')
    })
    await Promise.all([
      assert.rejects(outdated, (error) => hasCode(error, /^0A000/)),
      assert.rejects(refused, /refused/),
    ])
    assert.deepEqual(
      [...(await pool.halves()).keys()].sort((a, b) => a - b),
      [1],
    )
    await insertAlone(4)
  })
})

describe('statements that share a connection', () => {
  it('get their own answers, whatever parameters others have', async () => {
    await using pool = await pairsBehindProxy()
    const ask = async (value: unknown, type = 'text'): Promise<unknown> => {
      const rows = pool.db.execute<{ n: string }>(
        sql`select ${sql.param(value)}::${sql.raw(type)}::text as n`,
      )
      return (await rows)[0]?.n
    }
    const odd: [value: unknown, type: string, text?: string][] = [
      [undefined, 'text'],
      [{}, 'json'],
      [[1], 'int[]'],
      [Symbol('a'), 'text'],
      [7, 'json', '7'],
      [true, 'jsonb'],
      [true, 'bool', 'true'],
      [7n, 'int8', '7'],
      [7, 'bytea', '\\x37'],
      [Buffer.from('7'), 'bytea', '\\x37'],
      [new Date(0), 'timestamptz', '1970-01-01 00:00:00+00'],
    ]
    // Two rounds: postgres.js serializes at another time once a statement is prepared.
    for (let round = 0; round < 2; round++) {
      const usual = Array.from({ length: 20 }, (_, i) => ask(String(i)))
      const answers = odd.map(([value, type]) => ask(value, type).catch(() => undefined))
      usual.push(...Array.from({ length: 20 }, (_, i) => ask(String(20 + i))))
      assert.deepEqual(await Promise.all(usual), [...usual.keys()].map(String))
      assert.deepEqual(
        await Promise.all(answers),
        odd.map(([, , text]) => text),
      )
    }
  })
})
