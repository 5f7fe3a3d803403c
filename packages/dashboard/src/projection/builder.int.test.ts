import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { eventually } from '@saucery/messaging/testing/eventually'
import { collectionOf } from '../store/projection-registry.ts'
import { serverBehind } from '../testing/mongo.ts'
import { gate, projectionStreams } from '../testing/projection-scene.ts'

const streams = await projectionStreams(100)
after(streams[Symbol.asyncDispose])

describe('a projection', () => {
  it('names the server that it was tested on', async (t) => {
    await using at = await streams.scene()
    t.diagnostic(await serverBehind(at.mongo))
  })

  it('is built from the first event, also if consumers are left over from a lost database', async () => {
    await using at = await streams.scene()
    const before = await streams.scene()
    await before.start(1)
    await before.untilReady(1)
    await before[Symbol.asyncDispose]()
    const one = await at.start(1)
    await at.untilReady(1)
    await at.assertComplete(1)
    await eventually(() => assert.equal(one.projection.progress().state, 'ready'))
    assert.equal(one.projection.progress().remaining, 0)
  })

  it('is begun again when its database is lost while it runs', async () => {
    await using at = await streams.scene()
    await at.start(1, { maxAckPending: 50 })
    await at.untilReady(1)
    // The second build has to reach more than the first one.
    await streams.publishOrders(100)
    // SecantusDB can hang when a database is dropped under writes.
    await eventually(() => at.assertComplete(1), 30_000)
    await at.db.dropDatabase()
    await at.untilReady(1)
    await at.assertComplete(1)
  })

  it('is begun by three replicas at once, and misses nothing', async () => {
    await using at = await streams.scene()
    await Promise.all([at.start(1), at.start(1), at.start(1)])
    await at.untilReady(1)
    await at.assertComplete(1)
  })

  it('is ready under load, although events are always in flight', async () => {
    await using at = await streams.scene()
    const loading = new AbortController()
    const load = (async () => {
      while (!loading.signal.aborted) {
        await streams.publishOrders(1)
        await delay(20)
      }
    })()
    await at.start(1)
    await at.untilReady(1).finally(() => loading.abort())
    await load
    await eventually(() => at.assertComplete(1))
  })

  it('is not ready when it reached an earlier end of the streams and more waits since', async () => {
    await using at = await streams.scene()
    const before = new Set(streams.orderIds)
    using sample = gate()
    using first = gate()
    using second = gate()
    const holdOf = (orderId: string) =>
      orderId === streams.orderIds[0] ? sample : before.has(orderId) ? first : second
    const one = await at.start(1, {
      // All that is in the streams can be in flight, and no more.
      maxAckPending: 5 * before.size + 100,
      hold: (orderId: string) => holdOf(orderId).opened,
    })
    const { progress } = one.projection
    await eventually(async () => {
      for (const { stream } of subscriptionsOf('dashboard')) {
        const { num_pending } = await streams.broker.jsm.consumers.info(stream, durableOf(1))
        assert.equal(num_pending, 0)
      }
    })
    // A measurement that counts this has seen all in flight.
    sample.open()
    // A redelivered event counts twice.
    await eventually(() => assert.ok(progress().handled >= 11, `${progress().handled} handled`))
    const more = await streams.publishOrders(Math.ceil(1.3 * before.size))
    await eventually(() => assert.equal(progress().remaining, 11 * (before.size - 1 + more.length)))
    first.open()
    await eventually(() => assert.ok(progress().handled >= 11 * before.size, `${progress().handled} handled`))
    // One more measurement has counted that.
    await streams.publishOrders(1)
    await eventually(() => assert.equal(progress().remaining, 11 * (more.length + 1)))
    assert.equal(await at.stateOf(1), 'building')
    second.open()
    await at.untilReady(1)
    await eventually(() => at.assertComplete(1))
  })

  it('repairs what differs from its events when it is built again in place', async () => {
    await using at = await streams.scene()
    const { projection, views } = await at.start(1)
    await at.untilReady(1)
    const documents = at.db.collection<{ _id: string }>(collectionOf(1))
    const [first = '', second = '', third = ''] = streams.orderIds
    const before = await documents.find().sort({ _id: 1 }).toArray()
    await documents.updateOne({ _id: first }, { $set: { status: 'PLACED', forged: true } })
    await documents.updateOne({ _id: second }, { $set: { 'timeline.3.data.reason': 'forged' } })
    await documents.deleteOne({ _id: third })
    await projection.rebuild()
    assert.equal((await views.find(first))?.status, 'PLACED')
    await eventually(
      async () => assert.deepEqual(await documents.find().sort({ _id: 1 }).toArray(), before),
      60_000,
    )
  })
})
