import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { stamped } from '@saucery/chassis/testing/events'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { streams, subscriptionsOf } from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { anyOrder } from '@saucery/messaging/testing'
import { testKeys } from '@saucery/messaging/testing/keys'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { consumeEvents, reactions } from './reactions.ts'
import { eventLocations } from './store/event-location.ts'
import { openViews } from './store/view-store.ts'
import { serverBehind } from './testing/mongo.ts'
import { factsAbout } from './testing/stories.ts'

const nats = await testBrokerWithStreams()
const closing: (() => PromiseLike<unknown>)[] = [() => nats[Symbol.asyncDispose]()]
after(async () => {
  for (const close of closing.reverse()) await close()
})

/** One process of the dashboard, on a read model of its own or on one that it shares. */
async function replica(url: string) {
  const broker = await connectBroker({ url: nats.url, name: 'dashboard', keys: testKeys, log: silentLog })
  const views = openViews(url, undefined, eventLocations(broker))
  const consumers = consumeEvents({
    broker,
    handle: reactions(views),
    isUp: views.isUp,
    replicas: 1,
    log: silentLog,
  })
  closing.push(async () => {
    await consumers.stop()
    await broker.close()
    await views.close()
  })
  return views
}

const mongo = await testMongo({ ownServer: true })
closing.push(async () => mongo[Symbol.asyncDispose]())
const views = await replica(mongo.url)
await replica(mongo.url)

const namesIn = async (orderId: string) => (await views.find(orderId))?.timeline.map(({ event }) => event)

describe('the dashboard', () => {
  it('names the server that it was tested on', async (t) => {
    t.diagnostic(await serverBehind(mongo.url))
  })

  it('has every event of every order, published in any order, repeatedly, and consumed by two replicas', async () => {
    const events = Array.from({ length: 30 }, () => factsAbout(uuidv7()).map(stamped)).flat()
    await nats.publishAll(anyOrder(events))
    await nats.consumedBy('dashboard')
    for (const orderId of new Set(events.map(({ data }) => data.orderId))) {
      const published = events.filter(({ data }) => data.orderId === orderId).map(({ id }) => id)
      const view = await views.find(orderId)
      assert.deepEqual(
        view?.timeline.map(({ id }) => id),
        published.sort(),
      )
      assert.equal(view?.status, 'DELIVERED')
    }
  })

  it('uses the first sequence of an event that the stream holds more than once', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(OrderPlaced({ ...OrderPlaced.example, orderId })), 5)
    await nats.consumedBy('dashboard')
    const [entry, ...others] = (await views.find(orderId))?.timeline ?? []
    assert.deepEqual(others, [])
    const first = await nats.broker.jsm.streams.getMessage('ORDERS', {
      last_by_subj: `orders.placed.${orderId}`,
    })
    assert.equal(entry?.sequence, first.seq - 4)
  })

  it('waits for its store, and misses nothing that was published meanwhile', async () => {
    const orderId = uuidv7()
    const events = factsAbout(orderId).map(stamped)
    await mongo.kill()
    await nats.publishAll(events)
    await mongo.restart()
    await nats.consumedBy('dashboard')
    assert.equal((await namesIn(orderId))?.length, 11)
  })

  it('is built again from the streams when its consumers are deleted, the same to the byte', async () => {
    const before = JSON.stringify(await views.list({ limit: 200 }))
    const client = new MongoClient(mongo.url)
    await client.db().collection('orders_v1').deleteMany({})
    await client.close()
    for (const { stream } of subscriptionsOf('dashboard'))
      await nats.broker.jsm.consumers.delete(stream, 'dashboard')
    await nats.consumedBy('dashboard')
    assert.equal(JSON.stringify(await views.list({ limit: 200 })), before)
  })

  it("uses an event's new sequence after its stream was lost and its owner published it again", async () => {
    const placed = [1, 2].map(() => stamped(OrderPlaced({ ...OrderPlaced.example, orderId: uuidv7() })))
    const publishAgain = async () => {
      const [orders] = streams.filter(({ name }) => name === 'ORDERS')
      assert.ok(orders, 'the stream is missing')
      await nats.broker.jsm.streams.delete(orders.name)
      await ensureStream(nats.broker.jsm, orders, 1)
      for (const event of placed.reverse()) await nats.publish(event)
      await nats.consumedBy('dashboard')
    }
    await publishAgain()
    // One event now has a lower sequence than before, the other a higher one.
    await publishAgain()
    for (const { data, id } of placed) {
      const [entry] = (await views.find(data.orderId))?.timeline ?? []
      const { seq } = await nats.broker.jsm.streams.getMessage('ORDERS', {
        last_by_subj: `orders.placed.${data.orderId}`,
      })
      assert.deepEqual([entry?.id, entry?.sequence], [id, seq])
    }
  })
})
