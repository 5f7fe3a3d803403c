import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NatsUser } from '@saucery/servers/nats/config'
import { testNats } from '@saucery/servers/testing/servers'
import { connectBroker } from '../nats/connection.ts'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { testKeys } from '../testing/keys.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testProxy } from '../testing/proxy.ts'
import { testBroker } from '../testing/servers.ts'

const silent = 'pull is silent, starting again'

describe('a pull', () => {
  it('is started again, and not ready meanwhile, while the broker refuses its requests', async () => {
    const everything = { publish: ['>'], subscribe: ['>'] }
    const counter: NatsUser = { user: 'counter', password: 'right', permissions: everything }
    const admin: NatsUser = { user: 'admin', password: 'right' }
    await using nats = await testNats({ users: [counter, admin] })
    const log = countingLog()
    const connected = async (user: string) => {
      const options = { url: nats.url, name: 'counter', user, password: 'right', keys: testKeys, log }
      const broker = await connectBroker(options)
      return { ...broker, [Symbol.asyncDispose]: () => broker.connection.close() }
    }
    await using broker = await connected('counter')
    await using other = await connected('admin')
    // A set, because a server that is killed may forget an acknowledgement.
    const received = new Set<string>()
    await using consumers = await consume(broker, async ({ id }) => received.add(id), { log })
    const [before, meanwhile] = [nudge('a'), nudge('b')]
    await publishEvent(broker, before)
    await allAcknowledged(broker)
    counter.permissions = {
      publish: [
        '$JS.API.INFO',
        '$JS.API.STREAM.>',
        '$JS.API.CONSUMER.DURABLE.>',
        '$JS.API.CONSUMER.CREATE.>',
        '$JS.API.CONSUMER.INFO.>',
      ],
      subscribe: ['>'],
    }
    await nats.kill()
    await nats.restart()
    await eventually(() => assert.equal(log.times(silent) >= 2, true))
    assert.deepEqual([broker.isConnected(), consumers.isReady()], [true, false])
    await eventually(() => publishEvent(other, meanwhile))
    counter.permissions = everything
    await nats.kill()
    await nats.restart()
    await eventually(() => assert.deepEqual([...received], [before.id, meanwhile.id]))
    assert.equal(consumers.isReady(), true)
  })

  it('continues within seconds when its connection brings nothing any more', async () => {
    await using nats = await testNats()
    await using proxy = await testProxy(nats.url)
    await using source = await testBroker(nats.url)
    await using broker = await testBroker(proxy.url)
    const received: string[] = []
    await using consumers = await consume(broker, async ({ id }) => received.push(id))
    const [before, after] = [nudge('a'), nudge('b')]
    await publishEvent(source, before)
    await allAcknowledged(source)
    proxy.silence()
    const since = performance.now()
    await publishEvent(source, after)
    await eventually(() => assert.equal(consumers.isReady(), false), 12_000)
    await eventually(() => assert.equal(received.includes(after.id) && consumers.isReady(), true))
    assert.ok(performance.now() - since < 20_000, 'it took longer than 20 s')
  })

  it('is not ready once its connection is closed for good', async () => {
    await using nats = await testNats()
    const log = countingLog()
    await using broker = await testBroker(nats.url, { log })
    const consumers = await consume(broker, async () => {}, { log })
    await eventually(() => assert.equal(consumers.isReady(), true))
    await broker.connection.close()
    assert.equal(consumers.isReady(), false)
    await broker.lostForGood
    await eventually(() => assert.equal(log.times(silent), 1))
    await consumers.stop()
  })

  it('is started again when its consumer is deleted under load, and handles every event', async () => {
    await using nats = await testNats()
    await using source = await testBroker(nats.url)
    await using broker = await testBroker(nats.url)
    const received = new Set<string>()
    await using consumers = await consume(broker, async ({ id }) => received.add(id))
    const ids: string[] = []
    for (let i = 0; i < 600; i++) {
      const event = nudge(`k${i % 7}`)
      ids.push(event.id)
      await publishEvent(source, event)
      if (i % 200 === 100) await source.jsm.consumers.delete('NUDGES', 'counter').catch(() => {})
    }
    await eventually(() => assert.equal(ids.filter((id) => !received.has(id)).length, 0))
    await allAcknowledged(source)
    assert.equal(consumers.isReady(), true)
  })
})
