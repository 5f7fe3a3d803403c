import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { OperatorJob } from '@saucery/messaging/operator/operator-store'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { mongoCatalog } from './dead-letter-catalog.ts'
import { mongoDeadLetters } from './dead-letter-store.ts'
import { mongoOperatorStore } from './operator-store.ts'

const mongo = await testMongo()
const client = await new MongoClient(mongo.url).connect()
after(async () => {
  await client.close()
  await mongo[Symbol.asyncDispose]()
})
const catalog = mongoCatalog(client.db())

const letter = (n: number) => ({
  sequence: n + 1,
  streamCreated: '2026-01-01T00:00:00.000Z',
  savedAt: new Date(Date.now() - 60_000 + Math.floor(n / 2)).toISOString(),
  record: {
    id: `letter-${n}`,
    subject: `dead-letters.dashboard.orders.placed.k${n}`,
    headers: [
      ['ce-id', [`event-${n}`]],
      ['ce-type', [n % 3 === 0 ? 'OrderCancelled' : 'OrderPlaced']],
      ['dead-letter-error', [`Unprocessable: ${n} is too much`]],
    ] as const,
    data: '',
  },
})
const letters = Array.from({ length: 9 }, (_, n) => letter(n))

describe('the dashboard’s dead letters, as operators look them up', () => {
  it('come in pages and groups, and are settled once', async () => {
    await Promise.all([catalog.add(letters), catalog.add(letters)])
    const found: string[] = []
    for (let page = await catalog.page({}, { limit: 2, sort: 'oldest' }); page.length > 0; ) {
      found.push(...page.map(({ id }) => id))
      page = await catalog.page({}, { limit: 2, sort: 'oldest', after: page.at(-1) })
    }
    assert.deepEqual(
      found,
      letters.map(({ record }) => record.id),
    )
    const groups = await catalog.groups({ state: 'open' }, 10)
    assert.deepEqual(
      groups.map(({ event, reason, errorKey, count }) => [event, reason, errorKey, count]),
      [
        ['OrderPlaced', 'unreadable', 'Unprocessable: <n> is too much', 6],
        ['OrderCancelled', 'unreadable', 'Unprocessable: <n> is too much', 3],
      ],
    )
    const ids = ['letter-0', 'letter-1']
    const discard = { outcome: 'discarded', by: 'kim', why: 'a test' } as const
    const both = await Promise.all([catalog.settle(ids, discard), catalog.settle(ids, discard)])
    assert.deepEqual(new Set(both.flat()), new Set(ids))
    assert.deepEqual(await catalog.settle(['letter-0'], { outcome: 'handled' }), ['letter-0'])
    assert.deepEqual(await catalog.settle(['letter-0'], discard), [])
    const retried = { outcome: 'handled', by: 'lee' } as const
    const twice = [await catalog.settle(['letter-0'], retried), await catalog.settle(['letter-0'], retried)]
    assert.deepEqual(twice, [['letter-0'], []])
    const { settledBy, settledWhy } = (await catalog.find(1)) ?? {}
    assert.deepEqual([settledBy, settledWhy], ['lee', undefined])
    assert.equal((await catalog.find(2))?.settledWhy, 'a test')
    assert.equal(await catalog.count({ state: 'open', event: 'OrderPlaced' }), 5)
    assert.equal(
      await catalog.count({ orderId: 'k7', from: letters[6]?.savedAt, to: letters[8]?.savedAt }),
      1,
    )
    await catalog.markImported({ sequence: 9, streamCreated: 'then' })
    await catalog.markImported({ sequence: 7, streamCreated: 'then' })
    assert.equal(await catalog.importedTo('then'), 9)
  })

  it('are listed when an older release has saved them, and no longer removed after a week', async () => {
    const raw = client.db().collection<{ _id: string }>('dead_letters')
    await raw.createIndex({ savedAt: 1 }, { expireAfterSeconds: 604_800 })
    const { id, ...content } = { ...letter(90).record, id: 'older' }
    await raw.insertOne({
      _id: id,
      ...content,
      savedAt: new Date(),
      sequence: 91,
      streamCreated: 'x',
    } as never)
    const fresh = mongoCatalog(client.db())
    assert.equal(await fresh.describeOlder(10), 1)
    assert.equal(await fresh.describeOlder(10), 0)
    assert.equal((await fresh.find('older'))?.eventId, 'event-90')
    assert.ok(!(await raw.indexes()).some(({ name }) => name === 'savedAt_1'), 'the index of a week is there')
    const store = mongoDeadLetters(client.db())
    await store.save({ ...letter(91).record, id: 'newer' })
    assert.equal(await fresh.find('newer'), undefined)
    await store.markPublished('newer', { sequence: 92, streamCreated: 'x' })
    assert.equal((await fresh.find(92))?.reason, 'unreadable')
  })
})

describe('the jobs on the dashboard’s dead letters', () => {
  const store = mongoOperatorStore(client.db())
  const job = (): OperatorJob => ({
    id: uuidv7(),
    kind: 'retry',
    state: 'running',
    filter: { event: 'OrderPlaced' },
    by: { subject: 'kim', role: 'operator' },
    why: undefined,
    perSecond: 50,
    total: 3,
    settled: 0,
    skipped: 0,
    failed: 0,
    begunAt: new Date().toISOString(),
  })

  it('run one at a time, at one replica, until they end or are cancelled', async () => {
    const [first, second] = [job(), job()]
    const begun = await Promise.all([store.beginJob(first), store.beginJob(second)])
    assert.equal(begun.filter(Boolean).length, 1)
    const running = begun[0] ? first : second
    const leased = await Promise.all([store.leaseJob('one', 60_000), store.leaseJob('other', 60_000)])
    assert.equal(leased.filter(Boolean).length, 1)
    const holder = leased[0] ? 'one' : 'other'
    const place = { savedAt: running.begunAt, id: 'letter-1' }
    assert.equal(await store.saveJob(holder, { ...running, settled: 1, place }, 0), 'running')
    assert.equal(await store.saveJob('a third', { ...running, settled: 9 }, 0), undefined)
    const taken = await store.leaseJob('a third', 60_000)
    assert.deepEqual([taken?.settled, taken?.place], [1, place])
    assert.equal(await store.saveJob('a third', { ...running, settled: 3, state: 'done' }, 0), 'done')
    assert.deepEqual(
      [(await store.job(running.id))?.state, (await store.job(running.id))?.settled],
      ['done', 3],
    )

    const next = job()
    assert.equal(await store.beginJob(next), true)
    await store.leaseJob('one', 60_000)
    assert.equal(await store.cancelJob(next.id), true)
    assert.equal(await store.saveJob('one', { ...next, settled: 2, state: 'done' }, 0), 'cancelled')
    assert.equal(await store.cancelJob(next.id), false)
    const all = (await store.jobs(10)).map(({ id, state, settled }) => [id, state, settled])
    assert.deepEqual(all, [
      [next.id, 'cancelled', 2],
      [running.id, 'done', 3],
    ])
    assert.equal(await store.leaseJob('one', 60_000), undefined)
  })
})
