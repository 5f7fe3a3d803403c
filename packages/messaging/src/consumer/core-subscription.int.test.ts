import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { Nudged, nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { subscribeToKey } from './core-subscription.ts'

describe('a core subscription', () => {
  it('receives the events of its key until it ends, also those that the consumer delivered to another replica', async () => {
    await using nats = await testNats()
    await using consuming = await testBroker(nats.url)
    await using waiting = await testBroker(nats.url)
    await using _consumers = await consume(consuming, async () => {})
    const [received, log] = [[] as string[], countingLog()]
    const end = subscribeToKey({
      broker: waiting,
      publisher: 'nudger',
      events: [Nudged],
      key: 'mine',
      onEvent: (event) => received.push(event.id),
      log,
    })
    await waiting.connection.flush()

    const mine = nudge('mine', 3)
    await publishEvent(consuming, nudge('other'))
    await consuming.js.publish('nudges.given.mine', 'not an event')
    await publishEvent(consuming, mine)
    await eventually(() => assert.deepEqual(received, [mine.id]))
    assert.equal(log.times('not an event'), 1)
    await allAcknowledged(consuming)

    end()
    end()
    await publishEvent(consuming, nudge('mine'))
    await waiting.connection.flush()
    assert.equal(received.length, 1)
  })

  it('receives events again after a reconnect', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _consumers = await consume(broker, async () => {})
    const received: string[] = []
    subscribeToKey({
      broker,
      publisher: 'nudger',
      events: [Nudged],
      key: 'mine',
      onEvent: (event) => received.push(event.id),
      log: countingLog(),
    })
    await broker.connection.flush()
    await nats.kill()
    await nats.restart()
    const event = nudge('mine')
    await eventually(() => publishEvent(broker, event))
    await eventually(() => assert.equal(received.includes(event.id), true))
  })
})
