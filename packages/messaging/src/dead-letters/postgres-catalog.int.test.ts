import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { eq, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { deadLetters } from '../postgres/schema.ts'
import { consume, deadLettersIn } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { type TestDatabase, testBroker, testDatabase } from '../testing/servers.ts'
import type { DeadLetterFilter, DeadLetterPage, DeadLetterPlace } from './catalog.ts'
import { importDeadLetters } from './import.ts'
import { pageStatement, postgresCatalog } from './postgres-catalog.ts'
import { postgresDeadLetters, pruneDeadLetters } from './postgres-store.ts'

const start = Date.UTC(2026, 0, 1)
const position = (sequence: number) => ({ sequence, streamCreated: '2026-01-01T00:00:00.000Z' })

/** The nth letter: one event in ten is another one, of another cause. */
const letter = (n: number) => ({
  ...position(n + 1),
  savedAt: new Date(start + n * 1000).toISOString(),
  record: {
    id: `letter-${String(n).padStart(5, '0')}`,
    subject: `dead-letters.counter.nudges.given.k${n}`,
    headers: [
      ['ce-id', [`event-${n}`]],
      ['ce-type', [n % 10 === 0 ? 'Poked' : 'Nudged']],
      ['dead-letter-error', [n % 10 === 0 ? 'UnknownKind: no version 2' : `Error: ${n} is too much`]],
      ['dead-letter-tries', ['8']],
    ] as const,
    data: '',
  },
})
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('the dead letters of a service, as operators look them up', () => {
  let database: TestDatabase
  const catalog = () => postgresCatalog(database.db)
  const indexes = [
    'create index on dead_letters (saved_at, id)',
    'create index on dead_letters (saved_at, id) where outcome is null',
    'create index on dead_letters (event, saved_at, id) where outcome is null',
    'create index on dead_letters (reason, saved_at, id) where outcome is null',
    'create index on dead_letters (event, reason, error_key, saved_at, id) where outcome is null',
    'create index on dead_letters (outcome, saved_at, id) where outcome is not null',
    'create index on dead_letters (order_id, saved_at, id)',
  ]
  before(async () => {
    database = await testDatabase()
    for (const index of indexes) await database.db.execute(sql.raw(index))
    await catalog().add(numbers(0, 1000).map(letter))
  })
  after(() => database[Symbol.asyncDispose]())

  async function all(filter: DeadLetterFilter, page: Omit<DeadLetterPage, 'after'>): Promise<string[]> {
    const found: string[] = []
    for (let after: DeadLetterPlace | undefined; ; ) {
      const entries = await catalog().page(filter, { ...page, after })
      found.push(...entries.map(({ id }) => id))
      after = entries.at(-1)
      if (entries.length < page.limit) return found
    }
  }

  it('come in pages, in either direction, each once', async () => {
    const ids = numbers(0, 1000).map((n) => letter(n).record.id)
    assert.deepEqual(await all({}, { limit: 99, sort: 'oldest' }), ids)
    assert.deepEqual(await all({}, { limit: 100 }), ids.toReversed())
    const poked = await all({ event: 'Poked', reason: 'unknown-kind' }, { limit: 7 })
    assert.equal(poked.length, 100)
    const times = { from: letter(20).savedAt, to: letter(25).savedAt }
    assert.deepEqual(await all(times, { limit: 3, sort: 'oldest' }), ids.slice(20, 25))
    assert.deepEqual(await all({ orderId: 'k7' }, { limit: 3 }), [ids[7]])
    assert.equal(await catalog().count({ state: 'open', event: 'Nudged' }), 900)
  })

  it('are grouped by event and cause', async () => {
    const groups = await catalog().groups({ state: 'open' }, 10)
    assert.deepEqual(
      groups.map(({ event, reason, errorKey, count }) => [event, reason, errorKey, count]),
      [
        ['Nudged', 'handler-failed', 'Error: <n> is too much', 900],
        ['Poked', 'unknown-kind', 'UnknownKind: no version <n>', 100],
      ],
    )
    assert.deepEqual([groups[1]?.oldest, groups[1]?.newest], [letter(0).savedAt, letter(990).savedAt])
  })

  it('are settled once, and what was handled after all counts as handled', async () => {
    const ids = ['letter-00001', 'letter-00002']
    const discard = { outcome: 'discarded', by: 'kim', why: 'a test' } as const
    const both = await Promise.all([catalog().settle(ids, discard), catalog().settle(ids, discard)])
    assert.deepEqual(both.flat().sort(), ids)
    assert.deepEqual(await catalog().settle(ids.slice(0, 1), { outcome: 'handled' }), ids.slice(0, 1))
    assert.deepEqual(await catalog().settle(ids.slice(0, 1), discard), [])
    const retried = { outcome: 'handled', by: 'lee' } as const
    const first = ids.slice(0, 1)
    assert.deepEqual(
      [await catalog().settle(first, retried), await catalog().settle(first, retried)],
      [first, []],
    )
    const [handled, discarded] = await Promise.all(ids.map((id) => catalog().find(id)))
    assert.deepEqual(
      [handled?.outcome, handled?.settledBy, handled?.settledWhy],
      ['handled', 'lee', undefined],
    )
    assert.deepEqual([discarded?.outcome, discarded?.settledWhy], ['discarded', 'a test'])
    assert.equal(await catalog().count({ state: 'open' }), 998)
    assert.equal((await catalog().find(3))?.id, 'letter-00002')
  })

  it('cost a page no more of 10,000 than of 1,000, however they are filtered', async (t) => {
    const group = { event: 'Nudged', reason: 'handler-failed', error: 'Error: <n> is too much' } as const
    const filters: DeadLetterFilter[] = [
      ...([{}, { state: 'open' }, { event: 'Poked' }, { reason: 'unknown-kind' }, group] as const),
      { orderId: 'k9', state: undefined },
      { from: letter(500).savedAt, to: letter(700).savedAt },
    ].map((filter) => ({ state: 'open' as const, ...filter }))
    const after = { savedAt: letter(600).savedAt, id: letter(600).record.id }
    const measure = async () => {
      await database.db.execute(sql`vacuum analyze dead_letters`)
      const blocks: number[] = []
      for (const filter of filters)
        for (const place of [undefined, after])
          blocks.push(await blocksRead(filter, { limit: 51, after: place }))
      return blocks
    }
    const few = await measure()
    await catalog().add(numbers(1000, 10_000).map(letter))
    const many = await measure()
    t.diagnostic(`blocks of 1,000: ${few}; of 10,000: ${many}`)
    for (const [i, blocks] of many.entries())
      assert.ok(blocks <= (few[i] ?? 0) + 60, `filter ${i}: ${blocks} blocks instead of ${few[i]}`)
  })

  async function blocksRead(filter: DeadLetterFilter, page: DeadLetterPage): Promise<number> {
    const { sql: text, params } = new PgDialect().sqlToQuery(pageStatement(filter, page))
    const literal = (_: string, n: string) => `'${String(params[Number(n) - 1]).replaceAll("'", "''")}'`
    const [row] = await database.db.execute<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      sql.raw(`explain (analyze, buffers, format json) ${text.replace(/\$(\d+)/g, literal)}`),
    )
    const plan = row?.['QUERY PLAN'][0].Plan ?? {}
    assert.doesNotMatch(JSON.stringify(plan), /Seq Scan/, text)
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
  }

  it('are pruned a while after they were settled, and while open only after 90 days', async () => {
    const kept = { ...letter(77_777), savedAt: new Date().toISOString() }
    await catalog().add([kept])
    await catalog().settle(['letter-00003'], { outcome: 'discarded' })
    await database.db
      .update(deadLetters)
      .set({ settledAt: sql`now() - interval '2 days'` })
      .where(eq(deadLetters.id, 'letter-00002'))
    const old = sql`update dead_letters set saved_at = now() - interval '3 days' where id < 'letter-00005'`
    await database.db.execute(old)
    await pruneDeadLetters(database.db, 24 * 3_600_000)
    const left = await catalog().page({}, { limit: 100 })
    const ids = ['letter-00000', 'letter-00001', 'letter-00003', 'letter-00004', 'letter-77777']
    const some = left.filter(({ id }) => id < 'letter-00005' || id > 'letter-1').map(({ id }) => id)
    assert.deepEqual(new Set(some), new Set(ids))
  })
})

describe('the dead letters that an older release stored', () => {
  it('are listed: those without keys in the table, and those that only the stream has', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const catalog = postgresCatalog(database.db)
    const state = {
      handledAmong: async () => new Set<string>(),
      deadLetters: postgresDeadLetters(database.db),
    }
    await using consumers = await consume(broker, async () => {}, { state })
    const poison = [nudge('a'), nudge('b'), nudge('c')].map((event) => ({ ...event, data: { by: 'much' } }))
    for (const event of poison) await publishEvent(broker, event as never)
    await eventually(async () => assert.equal((await catalog.page({}, { limit: 9 })).length, 3))
    const before = await catalog.page({}, { limit: 9 })
    await consumers.stop()
    await database.db.execute(sql`
      update dead_letters set event = null, event_id = null, order_id = null, reason = null, error_key = null,
        summary = null where order_id = 'a'`)
    await database.db.execute(sql`update dead_letters set content = '{}', reason = null where order_id = 'b'`)
    await database.db.execute(sql`delete from dead_letters where order_id = 'c'`)
    assert.equal(await catalog.describeOlder(10), 2)
    assert.equal(await catalog.describeOlder(10), 0)
    await database.db.execute(sql`delete from dead_letters where order_id = ''`)
    assert.equal(await importDeadLetters(broker, catalog, 10), true)
    const after = await catalog.page({}, { limit: 9 })
    const comparable = (entries: typeof after) =>
      entries.map(({ savedAt: _, ...entry }) => entry).sort((a, b) => a.sequence - b.sequence)
    assert.deepEqual(comparable(after), comparable(before))
    assert.deepEqual(
      [after[0]?.reason, after[0]?.tries, (await deadLettersIn(broker)).length],
      ['unreadable', 2, 3],
    )
    // What was pruned since does not come back.
    await database.db.execute(sql`delete from dead_letters`)
    assert.equal(await importDeadLetters(broker, catalog, 10), true)
    assert.equal(await catalog.count({}), 0)
  })
})
