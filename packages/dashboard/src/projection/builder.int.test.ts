import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { serve } from '@saucery/chassis/http/server'
import { httpSettings } from '@saucery/chassis/settings/settings'
import { stamped } from '@saucery/chassis/testing/events'
import { quietLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { collectionOf, type ProjectionRecord } from '../store/projection-registry.ts'
import type { ViewStore } from '../store/view-store.ts'
import { apiOn } from '../testing/api.ts'
import { serverBehind } from '../testing/mongo.ts'
import { openBuilding } from '../testing/projection.ts'
import { factsAbout } from '../testing/stories.ts'

const nats = await testBrokerWithStreams()
const server = await testMongo()
const orderIds: string[] = []
await publishOrders(200)
after(async () => {
  await server[Symbol.asyncDispose]()
  await nats[Symbol.asyncDispose]()
})

async function publishOrders(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7())
  // With more at once, a busy machine acknowledges some too late.
  for (let i = 0; i < ids.length; i += 50) {
    const facts = ids.slice(i, i + 50).flatMap((orderId) => factsAbout(orderId))
    await nats.sayAll(facts.map(stamped))
  }
  orderIds.push(...ids)
  return ids
}

let scenes = 0

/** A database of the test's own, and processes on it that stop with the test. */
async function scene() {
  // The tests share the streams, and with them the names of the consumers.
  for (const version of [1, 2, 3]) await removeConsumersOf(version)
  const url = new URL(server.url)
  url.pathname = `${server.database}_${++scenes}`
  const mongo = { url: url.href }
  const client = new MongoClient(mongo.url)
  const db = client.db()
  const open: { stop(): Promise<void> }[] = []
  const servers: { close(): Promise<void> }[] = []
  const start = async (version: number, more: object = {}) => {
    const one = await openBuilding({ nats: nats.url, mongo: mongo.url, version, ...more })
    open.push(one)
    return one
  }
  return {
    mongo,
    db,
    start,
    /** @returns the URL of an API on these views */
    async open(views: ViewStore): Promise<string> {
      const http = await serve(apiOn(views), httpSettings.parse({ HOST: '127.0.0.1', PORT: 0 }), quietLog)
      servers.push(http)
      return `http://127.0.0.1:${http.port}/orderDashboards`
    },
    stateOf: async (version: number) =>
      (await db.collection<ProjectionRecord>('projections').findOne({ _id: version }))?.state,
    countOf: (version: number) => db.collection(collectionOf(version)).countDocuments(),
    async [Symbol.asyncDispose]() {
      for (const http of servers) await http.close()
      for (const one of open) await one.stop()
      await db.dropDatabase()
      await client.close()
    },
  }
}

type Scene = Awaited<ReturnType<typeof scene>>

interface ShownOrder {
  readonly orderId: string
  readonly timeline: readonly unknown[]
  /** Only a later version has it. */
  readonly told?: number
}

async function got<T>(url: string): Promise<T> {
  const response = await fetch(url)
  assert.equal(response.status, 200)
  return (await response.json()) as T
}

async function removeConsumersOf(version: number): Promise<void> {
  for (const { stream } of subscriptionsOf('dashboard'))
    await nats.broker.jsm.consumers.delete(stream, durableOf(version)).catch(() => {})
}

/** Holds events up until the test opens the gate, or ends. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open(), [Symbol.dispose]: () => open() }
}

const untilReady = ({ stateOf }: Scene, version: number) =>
  eventually(async () => assert.equal(await stateOf(version), 'ready'), 60_000)

/** Every order has all of its events, and there is nothing else. */
async function assertComplete(
  { db }: Scene,
  version: number,
  ids: readonly string[] = orderIds,
): Promise<void> {
  const documents = await db.collection(collectionOf(version)).find().toArray()
  assert.deepEqual(new Set(documents.map(({ _id }) => String(_id))), new Set(ids))
  for (const { timeline, projection } of documents) {
    assert.equal(timeline.length, 11)
    assert.equal(projection, version)
  }
}

function builder({ mongo }: Scene, version: number) {
  const file = fileURLToPath(new URL('../testing/builder-process.ts', import.meta.url))
  const env = { ...process.env, NATS_URL: nats.url, MONGODB_URL: mongo.url, VERSION: String(version) }
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  return {
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe('a projection', () => {
  it('names the server that it was tested on', async (t) => {
    await using at = await scene()
    t.diagnostic(await serverBehind(at.mongo.url))
  })

  it('is built from the first event, also if consumers are left over from a lost database', async () => {
    await using at = await scene()
    const before = await scene()
    await before.start(1)
    await untilReady(before, 1)
    await before[Symbol.asyncDispose]()
    const one = await at.start(1)
    await untilReady(at, 1)
    await assertComplete(at, 1)
    await eventually(() => assert.equal(one.projection.progress().state, 'ready'))
    assert.equal(one.projection.progress().remaining, 0)
  })

  it('is begun again when its database is lost while it runs', async () => {
    await using at = await scene()
    await at.start(1, { maxAckPending: 50 })
    await untilReady(at, 1)
    // The second build has to reach more than the first one.
    await publishOrders(200)
    // SecantusDB can hang when a database is dropped under writes.
    await eventually(() => assertComplete(at, 1), 30_000)
    await at.db.dropDatabase()
    await untilReady(at, 1)
    await assertComplete(at, 1)
  })

  it('is begun by three replicas at once, and misses nothing', async () => {
    await using at = await scene()
    await Promise.all([at.start(1), at.start(1), at.start(1)])
    await untilReady(at, 1)
    await assertComplete(at, 1)
  })

  it('is built beside the old one, through a crash, while every read is answered from complete documents', async () => {
    await using at = await scene()
    const old = await at.start(1)
    await untilReady(at, 1)
    const known = [...orderIds]

    const crashing = builder(at, 2)
    await eventually(async () => assert.ok((await at.countOf(2)) > 0, 'nothing is built'), 60_000)
    await crashing.kill()
    assert.equal(await at.stateOf(2), 'building')

    // Few in flight: there is time to read.
    const next = await at.start(2, { maxAckPending: 50 })
    assert.equal(next.views.servedVersion(), 1)
    let reads = 0
    const served = new Set<unknown>()
    const reading = new AbortController()
    const servers = [await at.open(old.views), await at.open(next.views)] as const
    const reader = (async () => {
      while (!reading.signal.aborted)
        for (const url of servers) {
          const orderId = known[reads % known.length] ?? ''
          const { told, timeline } = await got<ShownOrder>(`${url}/${orderId}`)
          assert.equal(timeline.length, 11, `${orderId} is not complete`)
          // An odd number, so that both are read.
          if (reads % 11 === 0)
            assert.equal((await got<{ items: ShownOrder[] }>(`${url}?limit=200`)).items.length, 200)
          if (url === servers[1]) served.add(told)
          else assert.equal(told, undefined)
          reads += 1
        }
    })()
    // The old process goes on, and shows new orders at once.
    const [late = ''] = await publishOrders(1)
    await eventually(async () => assert.equal((await old.views.find(late))?.timeline.length, 11))
    await untilReady(at, 2)
    await eventually(() => assert.equal(next.views.servedVersion(), 2))
    await eventually(() => assert.deepEqual([...served], [undefined, 2]))
    reading.abort()
    await reader
    assert.equal(old.views.servedVersion(), 1)
    await assertComplete(at, 1)
    await assertComplete(at, 2)

    await next.stop()
    const back = await at.start(1)
    assert.equal(back.views.servedVersion(), 1)
  })

  it('is ready under load, although events are always in flight', async () => {
    await using at = await scene()
    const loading = new AbortController()
    const load = (async () => {
      while (!loading.signal.aborted) {
        await publishOrders(1)
        await delay(20)
      }
    })()
    await at.start(1)
    await untilReady(at, 1).finally(() => loading.abort())
    await load
    await eventually(() => assertComplete(at, 1))
  })

  it('is dropped with its consumers when a newer one was ready long enough, and can be rolled back to', async () => {
    await using at = await scene()
    const first = await at.start(1)
    await untilReady(at, 1)
    await first.stop()
    await at.start(2, { keepMs: 0 })
    await untilReady(at, 2)
    await eventually(async () => assert.equal(await at.stateOf(1), undefined))
    const collections = (await at.db.listCollections().toArray()).map(({ name }) => name)
    assert.ok(!collections.includes(collectionOf(1)), collections.join())
    for (const { stream } of subscriptionsOf('dashboard'))
      await assert.rejects(nats.broker.jsm.consumers.info(stream, durableOf(1)))
    await at.start(1)
    await untilReady(at, 1)
    await assertComplete(at, 1)
  })

  it('stays while a process of it runs, which reads it', async () => {
    await using at = await scene()
    const old = await at.start(1)
    await untilReady(at, 1)
    await at.start(2, { keepMs: 0 })
    await untilReady(at, 2)
    const { readyAt } = (await at.db.collection<ProjectionRecord>('projections').findOne({ _id: 2 })) ?? {}
    await eventually(() => assert.ok(Date.now() - Number(readyAt) > 8000, 'it would be dropped now'), 20_000)
    await assertComplete(at, 1)
    assert.equal(await at.stateOf(1), 'ready')
    await old.stop()
    await eventually(async () => assert.equal(await at.stateOf(1), undefined), 20_000)
  })

  it('reads a newer one, computing its own view of it, while it is built again after it was dropped', async () => {
    await using at = await scene()
    const first = await at.start(1)
    await untilReady(at, 1)
    await first.stop()
    const second = await at.start(2, { keepMs: 0 })
    await untilReady(at, 2)
    await eventually(async () => assert.equal(await at.stateOf(1), undefined), 20_000)
    await second.stop()
    const known = [...orderIds]
    using gateOpened = gate()
    const back = await at.start(1, { hold: () => gateOpened.opened })
    const url = await at.open(back.views)
    await eventually(() => assert.equal(back.projection.progress().remaining, 11 * known.length))
    assert.equal(back.projection.progress().serving, 2)
    for (const view of [
      await got<ShownOrder>(`${url}/${known[0]}`),
      ...(await got<{ items: ShownOrder[] }>(`${url}?limit=200`)).items,
    ])
      assert.deepEqual([view.timeline.length, view.told], [11, undefined])
    gateOpened.open()
    await untilReady(at, 1)
    await eventually(() => assert.equal(back.views.servedVersion(), 1))
    await assertComplete(at, 1)
  })

  it('repairs what differs from its events when they come again', async () => {
    await using at = await scene()
    await at.start(1)
    await untilReady(at, 1)
    const documents = at.db.collection<{ _id: string }>(collectionOf(1))
    const [first = '', second = '', third = ''] = orderIds
    const before = await documents.find().sort({ _id: 1 }).toArray()
    await documents.updateOne({ _id: first }, { $set: { status: 'PLACED', forged: true } })
    await documents.updateOne({ _id: second }, { $set: { 'timeline.3.data.reason': 'forged' } })
    await documents.deleteOne({ _id: third })
    await removeConsumersOf(1)
    await eventually(
      async () => assert.deepEqual(await documents.find().sort({ _id: 1 }).toArray(), before),
      30_000,
    )
  })

  it('is not ready when it reached an earlier end of the streams and more waits since', async () => {
    await using at = await scene()
    const before = new Set(orderIds)
    using sample = gate()
    using first = gate()
    using second = gate()
    const holdOf = (orderId: string) =>
      orderId === orderIds[0] ? sample : before.has(orderId) ? first : second
    const one = await at.start(1, {
      // All that is in the streams can be in flight, and no more.
      maxAckPending: 5 * before.size + 100,
      hold: (orderId: string) => holdOf(orderId).opened,
    })
    const { progress } = one.projection
    await eventually(async () => {
      for (const { stream } of subscriptionsOf('dashboard')) {
        const { num_pending } = await nats.broker.jsm.consumers.info(stream, durableOf(1))
        assert.equal(num_pending, 0)
      }
    })
    // A measurement that counts this has seen all in flight.
    sample.open()
    await eventually(() => assert.equal(progress().handled, 11))
    const more = await publishOrders(Math.ceil(1.3 * before.size))
    await eventually(() => assert.equal(progress().remaining, 11 * (before.size - 1 + more.length)))
    first.open()
    await eventually(() => assert.equal(progress().handled, 11 * before.size))
    // One more measurement has counted that.
    await publishOrders(1)
    await eventually(() => assert.equal(progress().remaining, 11 * (more.length + 1)))
    assert.equal(await at.stateOf(1), 'building')
    second.open()
    await untilReady(at, 1)
    await eventually(() => assertComplete(at, 1))
  })
})
