import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { additionsFor } from '../testing/stories.ts'
import { addCounts, countOrders, countRange } from '../view/order-counts.ts'
import { mergeTimeline, type OrderView, viewOf } from '../view/order-view.ts'
import type { Chunk } from './chunks.ts'
import { openMilestones } from './milestones.ts'
import { openOrderCounter } from './order-counter.ts'
import { countPeriod } from './order-counts.ts'
import { openTouched, settledMs, type Touched } from './touched.ts'
import { openViews } from './view-store.ts'
import { type Addition, writeAll } from './view-writer.ts'
import { openWrittenViews } from './written-views.ts'

const mongo = await testMongo()
const client = await new MongoClient(mongo.url).connect()
const prepared = openViews(mongo.url)
await prepared.prepare()
after(async () => {
  await prepared.close()
  await client.close()
  await mongo[Symbol.asyncDispose]()
})

const db = client.db()
const views = db.collection<OrderView>('orders_v1')
const chunks = db.collection<Chunk>('chunks_v1')
const { signal } = new AbortController()
let clock = 0
let ticking = false

/** A process that writes and counts; for it, time passes as the test says. */
function counter() {
  const touched = openTouched(db.collection<Touched>('touched_v1'), () => clock)
  const milestones = openMilestones(
    db.collection<{ _id: string }>('milestones'),
    () => views,
    () => clock,
  )
  const target = {
    views,
    written: openWrittenViews(),
    milestones,
    touched,
    fold: { version: 1, view: viewOf },
  }
  const write = (additions: Addition[]) => writeAll({ ...target, isAtLocation: async () => true }, additions)
  return {
    touched,
    milestones,
    write,
    count: openOrderCounter(
      { views, chunks, touched, milestones },
      // Each look at the clock takes a millisecond.
      () => (ticking ? clock++ : clock),
    ),
  }
}

/** Half of the orders are milestones, so that few orders are many chunks. */
const orderIdAt = (msecs: number, n: number) =>
  n % 2 ? uuidv7({ msecs }) : `${uuidv7({ msecs }).slice(0, -2)}00`

const since = Date.UTC(2026, 0, 1)
const allOf = ({ store, branchId }: { store: ReturnType<typeof counter>; branchId?: string }) => {
  const query = { since, until: since + 3_600_000, stepMs: 60_000, branchId }
  const read = async () => {
    const milestones = await store.milestones.all()
    return countPeriod({ views, chunks, touched: store.touched.all, milestones }, query, 60_000)
  }
  return read()
}

const inOrder = ({ placed, tookMs }: ReturnType<typeof addCounts>) => ({
  placed: placed.map((one) => JSON.stringify(one)).sort((a, b) => (a < b ? -1 : 1)),
  tookMs,
})

describe('the counts that statistics read', () => {
  it('equal the documents’ while two processes write and count', async () => {
    const store = [counter(), counter()] as const
    const known = new Map<string, Addition[]>()
    const orderIds = Array.from({ length: 24 }, (_, n) => orderIdAt(since + n * 1700, n))
    const events = orderIds.flatMap((orderId) => additionsFor(orderId))
    const [order] = fc.sample(
      fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      1,
    )
    assert.ok(order)
    for (let i = 0; i < order.length; i += 33) {
      const part = order.slice(i, i + 33)
      const writing = store.map(({ write }, replica) => write(part.filter((_, n) => n % 2 === replica)))
      const counting = store.map(({ count }) => count(60_000, signal))
      await Promise.all([...writing, ...counting])
      for (const addition of part)
        known.set(addition.orderId, [...(known.get(addition.orderId) ?? []), addition])
      const expected = [...known].map(([orderId, additions]) =>
        viewOf(
          orderId,
          mergeTimeline(
            [],
            additions.map(({ entry }) => entry),
          ),
        ),
      )
      clock += i % 66 === 0 ? settledMs : 100
      for (const each of store)
        for (const branchId of [undefined, '1', 'nowhere']) {
          const own = expected.filter((view) => branchId === undefined || view.branchId === branchId)
          const wanted = addCounts([countOrders(own)], 16, 10_000)
          const found = await allOf({ store: each, ...(branchId !== undefined && { branchId }) })
          assert.deepEqual(inOrder(found), inOrder(wanted), `after ${i} events, of ${branchId}`)
        }
    }
  })

  it('are of all chunks and without marks once everything has settled, and the same to the byte again', async () => {
    const store = counter()
    await store.count(60_000, signal)
    clock += settledMs
    assert.ok(await store.count(60_000, signal), 'everything is counted')
    assert.deepEqual(
      (await store.touched.all()).filter(({ _id }) => _id !== 'all'),
      [],
    )
    const counted = () =>
      chunks
        .find({}, { projection: { version: 0, epoch: 0 } })
        .sort({ _id: 1 })
        .toArray()
    const before = await counted()
    assert.ok(before.length >= 11, `${before.length} chunks`)
    await chunks.deleteMany({})
    await counter().count(60_000, signal)
    assert.deepEqual(await counted(), before)
    const [chunk] = before
    const orders = await views.find({ _id: { $gte: chunk?._id ?? '', $lt: chunk?.to ?? '' } }).toArray()
    assert.deepEqual(JSON.parse(chunk?.all ?? ''), countRange(orders.reverse()).all)
  })

  it('are made a few at a time until there are all of them', async () => {
    const store = counter()
    const orders = await views.find({}, { projection: { _id: 1 } }).toArray()
    await store.touched.around(
      orders.map(({ _id }) => _id),
      async () => {},
    )
    await store.count(60_000, signal)
    clock += settledMs
    ticking = true
    const passes: boolean[] = []
    while (passes.length < 20 && !passes.at(-1)) passes.push(await store.count(3, signal))
    ticking = false
    assert.ok(passes.length > 1 && passes.at(-1), `${passes.length} passes`)
  })

  it('read no order of a chunk that is counted', async () => {
    const commands: string[] = []
    const watched = new MongoClient(mongo.url, { monitorCommands: true })
    watched.on('commandStarted', ({ command }) => {
      if (command.find === 'orders_v1') commands.push(JSON.stringify(command.filter._id))
    })
    const { touched, milestones } = counter()
    const ids = await milestones.all()
    const [newest, oldest] = [ids[0] ?? '', ids.at(-1) ?? '']
    const source = { views: watched.db().collection<OrderView>('orders_v1'), chunks, touched: touched.all }
    await countPeriod(
      { ...source, milestones: ids },
      { since, until: since + 3_600_000, stepMs: 60_000 },
      9000,
    )
    await watched.close()
    assert.ok(commands.length > 0, 'the ends are read')
    for (const command of commands) {
      const { $gte, $lt } = JSON.parse(command)
      assert.ok($gte >= newest || $lt <= oldest, command)
    }
  })
})
