import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { recordingLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { streams } from '@saucery/contracts/choreography'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { assertNoOrderGoesBack, follow, hasId, hasReceived, histories } from '../testing/live-client.ts'
import { openReplica } from '../testing/replica.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo({ ownServer: true })
const { log, lines } = recordingLog()
const replica = await openReplica({ nats: nats.url, mongo: mongo.url }, { log, heartbeatMs: 200 })
const { url } = replica
after(async () => {
  await replica[Symbol.asyncDispose]()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

const logged = (text: string) => lines.filter(({ msg }) => msg === text).length

describe('the live feed', { timeout: 100_000 }, () => {
  it('outlives the broker, logs its outage once, and its clients miss nothing', async () => {
    const follower = await follow(url)
    await hasId(follower)
    await nats.kill()
    await eventually(() => assert.equal(logged('the live feed is interrupted'), 1))
    const { heartbeats } = follower
    await eventually(() => assert.ok(follower.heartbeats > heartbeats, 'no heartbeat'))
    await nats.restart()
    await eventually(() => nats.broker.connection.flush())
    const events = await nats.publishAll(histories(5))
    await hasReceived(follower, events)
    assertNoOrderGoesBack(follower)
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    assert.equal(logged('the live feed goes on'), logged('the live feed is interrupted'))
    follower.leave()
  })

  it('outlives the store', async () => {
    const follower = await follow(url)
    await hasId(follower)
    await mongo.kill()
    const events = await nats.publishAll(histories(5))
    const before = follower.heartbeats
    await eventually(() => assert.ok(follower.heartbeats > before + 1, 'no heartbeat'))
    await mongo.restart()
    await hasReceived(follower, events)
    assertNoOrderGoesBack(follower)
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    follower.leave()
  })

  it('accepts a client while the broker is away, and sends it what happens then', async () => {
    await nats.kill()
    const follower = await follow(url)
    // With or without a token: the loop may still run for a client of the test before.
    await eventually(() => assert.ok(follower.heartbeats > 1, 'no heartbeat')).finally(nats.restart)
    await eventually(() => nats.broker.connection.flush())
    await hasId(follower)
    await hasReceived(follower, await nats.publishAll(histories(2)))
    follower.leave()
  })

  for (const [what, orders] of [
    ['has other events under the same sequences', 400],
    ['is shorter than it was', 2],
  ] as const)
    it(`resets its clients when a stream ${what}`, async () => {
      const [follower, left] = [await follow(url), await follow(url)]
      for (const each of [follower, left]) await hasId(each)
      await hasReceived(follower, await nats.publishAll(histories(30, ['OrderPlaced'])))
      await eventually(() => assert.equal(left.lastId, follower.lastId))
      left.leave()
      // As after a power failure, but with nothing left.
      const [stream] = streams
      assert.ok(stream, 'the stream is missing')
      await nats.broker.jsm.streams.delete(stream.name)
      await ensureStream(nats.broker.jsm, stream, 1)
      const events = await nats.publishAll(histories(orders, ['OrderPlaced']))
      await eventually(() => assert.ok(follower.resets > 0, 'no reset'))
      // As a client does that reads the list again.
      const stored = new Set(
        (await replica.views.among(events.map(({ data }) => data.orderId))).map(({ _id }) => _id),
      )
      const back = await follow(url, '', { 'last-event-id': String(left.lastId) })
      await eventually(() => assert.equal(back.resets, 1))
      const later = await nats.publishAll(histories(3))
      for (const each of [follower, back]) await hasReceived(each, later)
      await hasReceived(
        follower,
        events.filter(({ data }) => !stored.has(data.orderId)),
      )
      follower.leave()
      back.leave()
    })

  it('gives up an event that never reaches its view, and goes on meanwhile', async () => {
    await using own = await openReplica({ nats: nats.url, mongo: mongo.url }, { log, giveUpEveryMs: 300 })
    const follower = await follow(own.url)
    await hasId(follower)
    const token = follower.lastId
    await nats.broker.js.publish('orders.placed.nonsense', 'not an event')
    const events = await nats.publishAll(histories(3))
    await hasReceived(follower, events)
    await eventually(() => assert.equal(logged('events never reached their views'), 1))
    const later = await nats.publishAll(histories(1))
    await hasReceived(follower, later)
    assert.notEqual(follower.lastId, token)
    const back = await follow(own.url, '', { 'last-event-id': String(follower.lastId) })
    await hasId(back)
    assert.ok(!back.orders.some(({ orderId }) => events.some(({ data }) => data.orderId === orderId)))
    follower.leave()
    back.leave()
  })

  const publishNonsense = (times: number) =>
    Promise.all(
      Array.from({ length: times }, () =>
        nats.broker.js.publish(`orders.placed.${uuidv7()}`, 'not an event'),
      ),
    )

  it('sends what comes behind any number of such events before it gives them up', async () => {
    await using own = await openReplica({ nats: nats.url, mongo: mongo.url }, { giveUpEveryMs: 100_000 })
    const follower = await follow(own.url)
    await hasId(follower)
    await publishNonsense(450)
    await hasReceived(follower, await nats.publishAll(histories(3)))
    follower.leave()
  })

  it('gives up as many as can be pending, once the consumer has acknowledged them', async () => {
    // The cursor of a replica begins before what the consumer has not acknowledged: also before earlier nonsense.
    await nats.consumedBy('dashboard')
    const own = recordingLog()
    const options = { log: own.log, giveUpEveryMs: 300, maxPending: 50 }
    await using small = await openReplica({ nats: nats.url, mongo: mongo.url }, options)
    const follower = await follow(small.url)
    await hasId(follower)
    await publishNonsense(120)
    await hasReceived(follower, await nats.publishAll(histories(3)))
    await eventually(() => {
      const givenUp = own.lines.filter(({ msg }) => msg === 'events never reached their views')
      const events = givenUp.reduce((sum, line) => sum + Number(line.events), 0)
      assert.equal(events, 120)
    })
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    follower.leave()
  })
})
