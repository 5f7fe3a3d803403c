import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { deadLettersStream } from '../nats/streams.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { publishDeadLetter } from './publish.ts'

describe('a dead letter', () => {
  it('is a message that nobody can read, with all that is known of it, while its neighbours proceed', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const handled: string[] = []
    await using _listener = await consume(broker, async ({ id }) => handled.push(id))
    const poison = { ...nudge('k'), data: { by: 'much' } }
    const neighbours = [nudge('k'), nudge('k')] as const
    for (const event of [neighbours[0], poison, neighbours[1]]) await publishEvent(broker, event)
    await allAcknowledged(broker)
    assert.deepEqual(
      handled,
      neighbours.map(({ id }) => id),
    )
    const [letter, ...others] = await deadLettersIn(broker)
    assert.ok(letter)
    assert.equal(others.length, 0)
    assert.equal(letter.subject, 'dead-letters.counter.nudges.given.k')
    assert.equal(letter.data, '{"by":"much"}')
    const wanted = {
      'dead-letter-error': 'Unprocessable: a nudge without an amount',
      'dead-letter-tries': '1',
      'dead-letter-stream': 'NUDGES',
      'dead-letter-sequence': '2',
      'dead-letter-message-id': poison.id,
      'ce-id': poison.id,
      'ce-type': 'Nudged',
      'ce-time': poison.time,
      'ce-causationid': poison.causationId,
      traceparent: poison.traceparent,
    }
    const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, letter.header(name)]))
    assert.deepEqual(found, wanted)
  })

  it('is an event of an unknown version', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _listener = await consume(broker, async () => assert.fail('handled'))
    await publishEvent(broker, nudge('k'), { headers: { 'ce-dataschema': 'urn:event:Nudged:9' } })
    await allAcknowledged(broker)
    const [letter] = await deadLettersIn(broker)
    assert.match(letter?.header('dead-letter-error') ?? '', /no version 9/)
  })

  it('is an event that failed as often as it may', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let tries = 0
    const handle = async () => {
      throw new Error(`failure\n${++tries}`)
    }
    await using _listener = await consume(broker, handle, { maxTries: 3 })
    await publishEvent(broker, nudge('k'))
    await allAcknowledged(broker)
    const letters = await deadLettersIn(broker)
    assert.deepEqual(
      letters.map(({ header }) => [header('dead-letter-error'), header('dead-letter-tries')]),
      [['Error: failure 3', '3']],
    )
    assert.equal(tries, 3)
  })

  it('takes the message, not the orders to the stream that the message was for', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _listener = await consume(broker, () => Promise.reject(new Error('failure')), { maxTries: 1 })
    const headers = { 'Nats-Expected-Stream': 'NUDGES', 'Nats-Expected-Last-Sequence': '0' }
    await publishEvent(broker, nudge('k'), { headers })
    await eventually(async () => assert.equal((await deadLettersIn(broker)).length, 1))
  })

  it('is one, however often its burial is repeated', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using listener = await consume(broker, async () => {})
    await eventually(() => assert.equal(listener.isReady(), true))
    await listener.stop()
    await publishEvent(broker, nudge('k'))
    const consumer = await broker.js.consumers.get('NUDGES', 'counter')
    const message = await consumer.next()
    assert.ok(message)
    // What a process does that dies before the message is terminated, and the one that gets it next.
    await publishDeadLetter(broker, message, new Error('failure'))
    await publishDeadLetter(broker, message, new Error('failure'))
    assert.equal((await deadLettersIn(broker)).length, 1)
  })

  it('is written once the dead letters are there again; until then the message waits', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    await using listener = await consume(broker, async () => {}, { log })
    await eventually(() => assert.equal(listener.isReady(), true))
    await broker.jsm.streams.delete(deadLettersStream.name)
    await publishEvent(broker, { ...nudge('k'), data: {} })
    await allAcknowledged(broker)
    assert.equal((await deadLettersIn(broker)).length, 1)
    assert.equal(log.times('dead letter not stored'), 1)
  })
})
