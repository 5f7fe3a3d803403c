import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testStreams } from '@saucery/chassis/testing/streams'
import { type Follower, follow, hasHeard, hasId, histories } from '@saucery/dashboard/testing-live'
import { openReplica } from '@saucery/dashboard/testing-replica'
import { testMongo } from '@saucery/local/testing'
import { eventually } from '@saucery/messaging/testing/eventually'
import { startGateway } from './testing.ts'

const nats = await testStreams()
const mongo = await testMongo()
after(async () => {
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

/** A gateway that takes an answer for dead after a second of silence, before a dashboard. */
async function started(heartbeatMs: number) {
  const dashboard = await openReplica({ nats: nats.url, mongo: mongo.url }, { heartbeatMs })
  const gateway = await startGateway({ DASHBOARD_URL: dashboard.url, UPSTREAM_IDLE_TIMEOUT_MS: '1000' })
  return {
    url: gateway.url,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await dashboard[Symbol.asyncDispose]()
    },
  }
}

const say = async (orders: number) => {
  const events = histories(orders)
  await Promise.all(events.map((event) => nats.say(event)))
  return events
}

const closed = (follower: Follower) => eventually(() => assert.ok(follower.isClosed, 'still open'), 10_000)

describe('the live feed through the gateway', { timeout: 60_000 }, () => {
  it('arrives at once, and outlives the longest silence that the gateway allows', async () => {
    await using system = await started(300)
    const follower = await follow(system.url)
    await hasId(follower)
    assert.equal(follower.response.headers['content-type'], 'text/event-stream')
    const began = performance.now()
    await hasHeard(follower, await say(1))
    assert.ok(performance.now() - began < 2000, `took ${performance.now() - began} ms`)
    // Four seconds in which nothing happens.
    const { heartbeats } = follower
    await eventually(() => assert.ok(follower.heartbeats >= heartbeats + 13, 'too few signs of life'))
    assert.equal(follower.isClosed, false)
    await hasHeard(follower, await say(1))
    follower.leave()
  })

  it('would not without heartbeats, and misses nothing when its client comes back', async () => {
    await using system = await started(60_000)
    const follower = await follow(system.url)
    await hasId(follower)
    await closed(follower)
    const events = await say(2)
    const back = await follow(system.url, '', { 'last-event-id': String(follower.lastId) })
    await hasHeard(back, events)
    assert.equal(back.resets, 0)
    back.leave()
  })

  it('ends when the gateway stops', async () => {
    const system = await started(300)
    const follower = await follow(system.url)
    await hasId(follower)
    await system[Symbol.asyncDispose]()
    await closed(follower)
  })
})
