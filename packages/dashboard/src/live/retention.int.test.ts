import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { streams } from '@saucery/contracts/choreography'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { follow, hasId, hasReceived, histories } from '../testing/live-client.ts'
import { openReplica } from '../testing/replica.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
const replica = await openReplica({ nats: nats.url, mongo: mongo.url })
after(async () => {
  await replica[Symbol.asyncDispose]()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

const publishAll = async (events: ReturnType<typeof histories>) => {
  await nats.publishAll(events)
  await nats.consumedBy('dashboard')
  return events
}

it('resets a client when a stream no longer keeps what it missed', { timeout: 60_000 }, async () => {
  for (const { name } of streams) await nats.broker.jsm.streams.update(name, { max_msgs: 5 })
  const left = await follow(replica.url)
  await hasId(left)
  left.leave()
  let from = left.lastId
  // From before the first event, then from one that is gone.
  for (let i = 0; i < 2; i++) {
    await publishAll(histories(10, ['OrderPlaced']))
    const back = await follow(replica.url, '', { 'last-event-id': String(from) })
    await eventually(() => assert.equal(back.resets, 1), 10_000)
    await hasReceived(back, await publishAll(histories(1, ['OrderPlaced'])))
    assert.equal(back.resets, 1)
    back.leave()
    from = back.lastId
  }
})
