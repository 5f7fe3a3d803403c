import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { stamped } from '@saucery/chassis/testing/events'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testKeys } from '@saucery/messaging/testing/keys'
import { testProxy } from '@saucery/messaging/testing/proxy'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { consumeEvents, reactions } from './reactions.ts'
import { openViews } from './store/view-store.ts'
import { factsAbout } from './testing/stories.ts'

const closing: (() => PromiseLike<unknown>)[] = []
after(async () => {
  for (const close of closing.reverse()) await close()
})

describe('a replica of the dashboard that does not reach its MongoDB', () => {
  it('leaves all events to another replica', async () => {
    const nats = await testBrokerWithStreams()
    const mongo = await testMongo()
    const proxy = await testProxy(mongo.url)
    closing.push(
      () => nats[Symbol.asyncDispose](),
      () => mongo[Symbol.asyncDispose](),
    )
    async function replica(url: string) {
      const broker = await connectBroker({
        url: nats.url,
        name: 'dashboard',
        keys: testKeys,
        log: silentLog,
      })
      const views = openViews(url)
      await views.connect()
      const store = { handle: reactions(views), isUp: views.isUp }
      const consumers = consumeEvents({ ...store, broker, replicas: 1, log: silentLog })
      await eventually(() => assert.equal(consumers.isReady(), true))
      closing.push(views.close, broker.close, consumers.stop)
      return views
    }
    await replica(proxy.url)
    const well = await replica(mongo.url)
    await proxy[Symbol.asyncDispose]()
    const orderIds = Array.from({ length: 400 }, () => uuidv7())
    const names = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'] as const
    for (const orderId of orderIds) await nats.publishAll(factsAbout(orderId, names).map(stamped))
    await nats.consumedBy('dashboard')
    for (const orderId of orderIds) assert.equal((await well.find(orderId))?.timeline.length, names.length)
    const { state } = await nats.broker.jsm.streams.info('DEAD_LETTERS')
    assert.equal(state.messages, 0)
  })
})
