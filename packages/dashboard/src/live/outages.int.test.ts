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

const said = (text: string) => lines.filter(({ msg }) => msg === text).length

describe('the live feed', { timeout: 100_000 }, () => {
  it('outlives the broker, says so once, and its clients miss nothing', async () => {
    const follower = await follow(url)
    await hasId(follower)
    await nats.kill()
    await eventually(() => assert.equal(said('the live feed waits'), 1))
    const { heartbeats } = follower
    await eventually(() => assert.ok(follower.heartbeats > heartbeats, 'no sign of life'))
    await nats.restart()
    await eventually(() => nats.broker.connection.flush())
    const events = await nats.sayAll(histories(5))
    await hasReceived(follower, events)
    assertNoOrderGoesBack(follower)
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    assert.equal(said('the live feed goes on'), said('the live feed waits'))
    follower.leave()
  })

  it('outlives the store', async () => {
    const follower = await follow(url)
    await hasId(follower)
    await mongo.kill()
    const events = await nats.sayAll(histories(5))
    const before = follower.heartbeats
    await eventually(() => assert.ok(follower.heartbeats > before + 1, 'no sign of life'))
    await mongo.restart()
    await hasReceived(follower, events)
    assertNoOrderGoesBack(follower)
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    follower.leave()
  })

  it('lets a client come while the broker is away, and tells it what happens then', async () => {
    await nats.kill()
    const follower = await follow(url)
    // With a place or without: somebody who left may have been listening until now.
    await eventually(() => assert.ok(follower.heartbeats > 1, 'no sign of life')).finally(nats.restart)
    await eventually(() => nats.broker.connection.flush())
    await hasId(follower)
    await hasReceived(follower, await nats.sayAll(histories(2)))
    follower.leave()
  })

  for (const [what, orders] of [
    ['has other events under the same sequences', 400],
    ['is shorter than it was', 2],
  ] as const)
    it(`says that the list has to be read again when a stream ${what}`, async () => {
      const [follower, left] = [await follow(url), await follow(url)]
      for (const each of [follower, left]) await hasId(each)
      await hasReceived(follower, await nats.sayAll(histories(30, ['OrderPlaced'])))
      await eventually(() => assert.equal(left.lastId, follower.lastId))
      left.leave()
      // As after a power failure, but with nothing left.
      const [stream] = streams
      assert.ok(stream, 'there is no stream')
      await nats.broker.jsm.streams.delete(stream.name)
      await ensureStream(nats.broker.jsm, stream, 1)
      const events = await nats.sayAll(histories(orders, ['OrderPlaced']))
      await eventually(() => assert.ok(follower.resets > 0, 'not told'))
      // As it reads the list again.
      const had = new Set(
        (await replica.views.among(events.map(({ data }) => data.orderId))).map(({ _id }) => _id),
      )
      const back = await follow(url, '', { 'last-event-id': String(left.lastId) })
      await eventually(() => assert.equal(back.resets, 1))
      const later = await nats.sayAll(histories(3))
      for (const listener of [follower, back]) await hasReceived(listener, later)
      await hasReceived(
        follower,
        events.filter(({ data }) => !had.has(data.orderId)),
      )
      follower.leave()
      back.leave()
    })

  it('gives up an event that never comes into its view, and goes on meanwhile', async () => {
    await using own = await openReplica({ nats: nats.url, mongo: mongo.url }, { log, giveUpAfterMs: 300 })
    const follower = await follow(own.url)
    await hasId(follower)
    const token = follower.lastId
    await nats.broker.js.publish('orders.placed.nonsense', 'not an event')
    const events = await nats.sayAll(histories(3))
    await hasReceived(follower, events)
    await eventually(() => assert.equal(said('events never came into their views'), 1))
    const later = await nats.sayAll(histories(1))
    await hasReceived(follower, later)
    assert.notEqual(follower.lastId, token)
    const back = await follow(own.url, '', { 'last-event-id': String(follower.lastId) })
    await hasId(back)
    assert.ok(!back.orders.some(({ orderId }) => events.some(({ data }) => data.orderId === orderId)))
    follower.leave()
    back.leave()
  })

  const sayNonsense = (times: number) =>
    Promise.all(
      Array.from({ length: times }, () =>
        nats.broker.js.publish(`orders.placed.${uuidv7()}`, 'not an event'),
      ),
    )

  it('tells what comes behind any number of such events, whose fate it does not know yet', async () => {
    await using own = await openReplica({ nats: nats.url, mongo: mongo.url }, { giveUpAfterMs: 100_000 })
    const follower = await follow(own.url)
    await hasId(follower)
    await sayNonsense(450)
    await hasReceived(follower, await nats.sayAll(histories(3)))
    follower.leave()
  })

  it('gives up as many as it can have in mind, once its consumer is done with them', async () => {
    const own = recordingLog()
    const options = { log: own.log, giveUpAfterMs: 300, mostPending: 50 }
    await using small = await openReplica({ nats: nats.url, mongo: mongo.url }, options)
    const follower = await follow(small.url)
    await hasId(follower)
    await sayNonsense(120)
    await hasReceived(follower, await nats.sayAll(histories(3)))
    await eventually(() => {
      const givenUp = own.lines.filter(({ msg }) => msg === 'events never came into their views')
      const events = givenUp.reduce((sum, line) => sum + Number(line.events), 0)
      assert.equal(events, 120)
    })
    assert.deepEqual([follower.resets, follower.isClosed], [0, false])
    follower.leave()
  })
})
