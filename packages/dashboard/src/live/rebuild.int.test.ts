import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { removeConsumer } from '@saucery/messaging/nats/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { follow, hasId, hasReceived, histories } from '../testing/live-client.ts'
import { openBuilding } from '../testing/projection.ts'
import { openReplica } from '../testing/replica.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
const urls = { nats: nats.url, mongo: mongo.url }
after(async () => {
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

const removeConsumers = () =>
  Promise.all(
    subscriptionsOf('dashboard').map(({ stream }) => removeConsumer(nats.broker.jsm, stream, durableOf(1))),
  )

describe('the live feed', { timeout: 200_000 }, () => {
  it('sends a new client none of the old events while the documents are built again', async () => {
    const filled = await openReplica(urls)
    const old = await nats.publishAll(histories(700, ['OrderPlaced', 'PaymentApproved']))
    await nats.consumedBy('dashboard')
    await filled[Symbol.asyncDispose]()
    await removeConsumers()
    await using reader = await openReplica(urls, { consumes: false })
    const follower = await follow(reader.url)
    await hasId(follower)
    const missed = await nats.publishAll(histories(3))
    const late = await follow(reader.url)
    await hasId(late)
    // From the first event on.
    await using _builder = await openReplica(urls)
    for (const each of [follower, late]) {
      await hasReceived(each, missed)
      const orderIds = new Set(each.orders.map(({ orderId }) => orderId))
      assert.ok(!old.some(({ data }) => orderIds.has(data.orderId)), `received ${orderIds.size} orders`)
      assert.equal(each.resets, 0)
    }
    const back = await follow(reader.url, '', { 'last-event-id': String(late.lastId) })
    await hasReceived(back, await nats.publishAll(histories(1)))
    assert.ok(back.orders.length < 10, `received ${back.orders.length} times`)
    for (const each of [follower, late, back]) each.leave()
  })

  it('resets its clients when another version is served, and sends what comes into its documents', async () => {
    await using replica = await openReplica(urls)
    const before = await openBuilding({ ...urls, version: 2 })
    await eventually(() => assert.equal(before.projection.progress().state, 'ready'))
    await before.stop()
    const [follower, left] = [await follow(replica.url), await follow(replica.url)]
    for (const each of [follower, left]) await hasId(each)
    const events = await nats.publishAll(histories(3))
    for (const each of [follower, left]) await hasReceived(each, events)
    left.leave()
    replica.views.serve(2)
    await eventually(() => assert.equal(follower.resets, 1))
    const back = await follow(replica.url, '', { 'last-event-id': String(left.lastId) })
    await eventually(() => assert.equal(back.resets, 1))
    // The documents lack these events: a list that is read now stays correct only if the feed sends them.
    const orderId = events[0]?.data.orderId
    assert.equal((await fetch(`${replica.url}/orderDashboards/${orderId}`)).status, 404)
    const was = follower.orders.length
    const builder = await openBuilding({ ...urls, version: 2 })
    await hasReceived(back, events)
    await eventually(() => {
      const received = follower.orders.slice(was).flatMap(({ timeline }) => timeline.map(({ id }) => id))
      assert.ok(
        events.every(({ id }) => received.includes(id)),
        'not received',
      )
    })
    assert.deepEqual([follower.resets, back.resets, follower.isClosed], [1, 1, false])
    for (const each of [follower, back]) each.leave()
    await builder.stop()
  })
})
