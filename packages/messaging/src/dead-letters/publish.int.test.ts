import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { deadLettersStream } from '../nats/streams.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testProxy } from '../testing/proxy.ts'
import { testBroker } from '../testing/servers.ts'
import { publishDeadLetter } from './publish.ts'

describe('a dead letter', () => {
  it('is a message that cannot be read, with its headers and the error, while its neighbours are handled', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const handled: string[] = []
    await using _consumers = await consume(broker, async ({ id }) => handled.push(id))
    const poison = { ...nudge('k'), data: { by: 'much' } }
    const neighbours = [nudge('k'), nudge('k')] as const
    for (const event of [neighbours[0], poison, neighbours[1]]) await publishEvent(broker, event)
    await allAcknowledged(broker)
    assert.deepEqual(
      handled,
      neighbours.map(({ id }) => id),
    )
    const [deadLetter, ...others] = await deadLettersIn(broker)
    assert.ok(deadLetter)
    assert.equal(others.length, 0)
    assert.equal(deadLetter.subject, 'dead-letters.counter.nudges.given.k')
    assert.equal(deadLetter.data, '{"by":"much"}')
    const wanted = {
      'dead-letter-error': 'Unprocessable: a nudge without an amount',
      'dead-letter-tries': '2',
      'dead-letter-stream': 'NUDGES',
      'dead-letter-sequence': '2',
      'dead-letter-message-id': poison.id,
      'ce-id': poison.id,
      'ce-type': 'Nudged',
      'ce-time': poison.time,
      'ce-causationid': poison.causationId,
      traceparent: poison.traceparent,
    }
    const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, deadLetter.header(name)]))
    assert.deepEqual(found, wanted)
  })

  it('is no message that was torn on its way, once', async () => {
    await using nats = await testNats()
    await using source = await testBroker(nats.url)
    const tears: Record<string, [string, string]> = {
      '{"by":1}': ['"by":', '"by";'],
      '{"by":2}': ['ce-id: ', 'ce_id: '],
      '{"by":3}': ['"by":3', '"by":4'],
    }
    // Each event once, at its first delivery.
    const tear = (data: Buffer) => {
      const text = data.toString('latin1')
      const event = Object.keys(tears).find((body) => text.includes(body))
      if (!event) return data
      const [whole, pieces] = tears[event] as [string, string]
      delete tears[event]
      return Buffer.from(text.replace(whole, pieces), 'latin1')
    }
    await using proxy = await testProxy(nats.url, undefined, tear)
    await using broker = await testBroker(proxy.url)
    const handled: number[] = []
    await using _consumers = await consume(broker, async ({ data }) => handled.push(data.by))
    for (const by of [1, 2, 3]) {
      await publishEvent(source, nudge('k', by))
      await allAcknowledged(source)
    }
    assert.deepEqual([handled, tears], [[1, 2, 3], {}])
    assert.deepEqual(await deadLettersIn(source), [])
    assert.equal((await source.jsm.consumers.info('NUDGES', 'counter')).delivered.consumer_seq, 6)
  })

  it('is an event of an unknown version', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _consumers = await consume(broker, async () => assert.fail('handled'), { maxGivenBack: 2 })
    await publishEvent(broker, nudge('k'), { headers: { 'ce-dataschema': 'urn:event:Nudged:9' } })
    await allAcknowledged(broker)
    const [deadLetter] = await deadLettersIn(broker)
    assert.match(deadLetter?.header('dead-letter-error') ?? '', /no version 9/)
  })

  it('is an event that has used up its tries', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let tries = 0
    const handle = async () => {
      throw new Error(`failure\n${++tries}`)
    }
    await using _consumers = await consume(broker, handle, { maxTries: 3 })
    await publishEvent(broker, nudge('k'))
    await allAcknowledged(broker)
    const deadLetters = await deadLettersIn(broker)
    assert.deepEqual(
      deadLetters.map(({ header }) => [header('dead-letter-error'), header('dead-letter-tries')]),
      [['Error: failure 3', '3']],
    )
    assert.equal(tries, 3)
  })

  it('leaves out the headers that instruct the stream of the message', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using _consumers = await consume(broker, () => Promise.reject(new Error('failure')), {
      maxTries: 1,
    })
    const headers = { 'Nats-Expected-Stream': 'NUDGES', 'Nats-Expected-Last-Sequence': '0' }
    await publishEvent(broker, nudge('k'), { headers })
    await eventually(async () => assert.equal((await deadLettersIn(broker)).length, 1))
  })

  it('is stored once, however often that is repeated', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using consumers = await consume(broker, async () => {})
    await eventually(() => assert.equal(consumers.isReady(), true))
    await consumers.stop()
    await publishEvent(broker, nudge('k'))
    const consumer = await broker.js.consumers.get('NUDGES', 'counter')
    const message = await consumer.next()
    assert.ok(message)
    // The first process dies before it terminates the message, so the next one stores the dead letter again.
    await publishDeadLetter(broker, message, new Error('failure'))
    await publishDeadLetter(broker, message, new Error('failure'))
    assert.equal((await deadLettersIn(broker)).length, 1)
  })

  it('is stored once its stream is recreated; until then the message waits', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    await using consumers = await consume(broker, async () => {}, { log })
    await eventually(() => assert.equal(consumers.isReady(), true))
    await broker.jsm.streams.delete(deadLettersStream.name)
    await publishEvent(broker, { ...nudge('k'), data: {} })
    await allAcknowledged(broker)
    assert.equal((await deadLettersIn(broker)).length, 1)
    assert.equal(log.times('dead letter not stored'), 1)
  })
})
