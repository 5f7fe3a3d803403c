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

describe('an event that is published', () => {
  it('is overheard on a replica that did not get it from the consumer, for its key and until the end', async () => {
    await using nats = await testNats()
    await using consuming = await testBroker(nats.url)
    await using waiting = await testBroker(nats.url)
    await using _consumers = await consume(consuming, async () => {})
    const [heard, log] = [[] as string[], countingLog()]
    const end = subscribeToKey({
      broker: waiting,
      events: [Nudged],
      key: 'mine',
      onEvent: (event) => heard.push(event.id),
      log,
    })
    await waiting.connection.flush()

    const mine = nudge('mine', 3)
    await publishEvent(consuming, nudge('other'))
    await consuming.js.publish('nudges.given.mine', 'not an event')
    await publishEvent(consuming, mine)
    await eventually(() => assert.deepEqual(heard, [mine.id]))
    assert.equal(log.times('not an event'), 1)
    await allAcknowledged(consuming)

    end()
    end()
    await publishEvent(consuming, nudge('mine'))
    await waiting.connection.flush()
    assert.equal(heard.length, 1)
  })

  it('is overheard again after the broker was away', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _consumers = await consume(broker, async () => {})
    const heard: string[] = []
    subscribeToKey({
      broker,
      events: [Nudged],
      key: 'mine',
      onEvent: (event) => heard.push(event.id),
      log: countingLog(),
    })
    await broker.connection.flush()
    await nats.kill()
    await nats.restart()
    const event = nudge('mine')
    await eventually(() => publishEvent(broker, event))
    await eventually(() => assert.equal(heard.includes(event.id), true))
  })
})
