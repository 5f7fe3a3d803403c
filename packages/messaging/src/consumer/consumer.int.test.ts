import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { AckPolicy, nanos } from 'nats'
import { keyOf } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { held } from '../testing/held.ts'
import { countingLog } from '../testing/log.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'

const outage = () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' })

describe('a consumer', () => {
  it('hands over an event with its place in the stream', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const heard: unknown[] = []
    await using _listener = await consume(broker, async (event) => heard.push(event))
    const event = nudge('k')
    await publishEvent(broker, event)
    await eventually(() => assert.deepEqual(heard, [{ ...event, stream: 'NUDGES', sequence: 1 }]))
    await allAcknowledged(broker)
  })

  it('tries again after a growing delay, and other messages do not wait for it', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const tries: number[] = []
    const others: string[] = []
    await using _listener = await consume(broker, async ({ subject }) => {
      if (keyOf(subject) !== 'bad') return others.push(subject)
      tries.push(performance.now())
      if (tries.length < 4) throw new Error('not yet')
      assert.equal(others.length, 20)
    })
    await publishEvent(broker, nudge('bad'))
    for (let i = 0; i < 20; i++) await publishEvent(broker, nudge(`k${i}`))
    await eventually(() => assert.equal(tries.length, 4))
    await allAcknowledged(broker)
    const gaps = tries.slice(1).map((time, i) => time - (tries[i] ?? 0))
    for (const [i, atLeast] of [100, 200, 400].entries())
      assert.ok((gaps[i] ?? 0) >= atLeast - 2, String(gaps))
  })

  it('waits while a store is away, without using up a try, and nobody else gets the message', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using other = await testBroker(nats.url)
    const log = countingLog()
    let attempts = 0
    const handle = async () => {
      if (++attempts <= 5) throw outage()
    }
    const options = { log, maxTries: 1, ackWaitMs: 600 }
    await using _listener = await consume(broker, handle, options)
    await using _replica = await consume(other, handle, options)
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(attempts, 6))
    const { delivered, num_redelivered } = await allAcknowledged(broker)
    assert.deepEqual([delivered.consumer_seq, num_redelivered, attempts], [1, 0, 6])
    assert.deepEqual(
      [log.times('store unavailable, message waits'), log.times('store still unavailable')],
      [1, 4],
    )
  })

  it('keeps a message that takes long to itself', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let starts = 0
    const slow = held()
    const handle = () => {
      starts += 1
      return slow.until
    }
    await using _listener = await consume(broker, handle, { ackWaitMs: 500 })
    using _ = slow
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(starts, 1))
    // Meanwhile, whoever is silent gets it four times.
    const silent = { durable_name: 'silent', ack_policy: AckPolicy.Explicit, ack_wait: nanos(500) }
    await broker.jsm.consumers.add('NUDGES', silent)
    const pull = await broker.js.consumers.get('NUDGES', 'silent')
    for (let deliveries = 0; deliveries < 4; ) deliveries = (await pull.next())?.info.deliveryCount ?? 0
    slow.release()
    await allAcknowledged(broker)
    assert.equal(starts, 1)
  })

  it("handles one key's messages in sequence, and other keys meanwhile", async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const order: string[] = []
    const a1 = held()
    await using _listener = await consume(broker, async ({ subject, data }) => {
      const what = `${keyOf(subject)}${data.by}`
      order.push(`${what} begins`)
      if (what === 'a1') await a1.until
      order.push(`${what} ends`)
    })
    for (const by of [1, 2, 3]) await publishEvent(broker, nudge('a', by))
    await publishEvent(broker, nudge('b', 1))
    using _ = a1
    await eventually(() => assert.equal(order.includes('b1 ends'), true))
    assert.deepEqual(
      order.filter((line) => line.startsWith('a')),
      ['a1 begins'],
    )
    a1.release()
    await allAcknowledged(broker)
    assert.deepEqual(
      order.filter((line) => line.startsWith('a')),
      ['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends', 'a3 begins', 'a3 ends'],
    )
  })

  it('finishes what is in hand before it stops, and takes nothing new', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const begun: string[] = []
    const work = held()
    const listener = await consume(broker, async ({ id }) => {
      begun.push(id)
      await work.until
    })
    const first = nudge('k')
    await publishEvent(broker, first)
    await eventually(() => assert.equal(begun.length, 1))
    let isStopped = false
    const stopped = listener.stop().then(() => (isStopped = true))
    await publishEvent(broker, nudge('k'))
    assert.equal(isStopped, false)
    work.release()
    await stopped
    await eventually(async () => {
      const position = await broker.jsm.consumers.info('NUDGES', 'counter')
      assert.deepEqual([position.num_ack_pending, position.num_pending], [0, 1])
    })
    assert.deepEqual(begun, [first.id])
  })

  it('gives back at once what waits for a store, when it is to stop', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    const listener = await consume(broker, () => Promise.reject(outage()), { log, maxTries: 1 })
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(log.times('store unavailable') >= 1, true))
    await listener.stop()
    assert.equal(log.times('will be redelivered'), 1)
    assert.equal(log.times('dead letter'), 0)
    const handled: string[] = []
    await using _next = await consume(broker, async ({ id }) => handled.push(id))
    await allAcknowledged(broker)
    assert.equal(handled.length, 1)
  })

  it('is made again from the first message when it is deleted', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const heard: string[] = []
    await using listener = await consume(broker, async ({ id }) => heard.push(id))
    const events = [nudge('a'), nudge('b'), nudge('c')]
    for (const event of events) await publishEvent(broker, event)
    await allAcknowledged(broker)
    await broker.jsm.consumers.delete('NUDGES', 'counter')
    await eventually(() => assert.equal(heard.length, 6))
    await allAcknowledged(broker)
    assert.ok(listener.isReady())
    assert.deepEqual(new Set(heard.slice(3)), new Set(events.map(({ id }) => id)))
  })

  it('follows a stream that is deleted and made again', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const heard: string[] = []
    await using listener = await consume(broker, async ({ id }) => heard.push(id))
    const [before, after] = [nudge('k'), nudge('k')]
    await publishEvent(broker, before)
    await allAcknowledged(broker)
    await broker.jsm.streams.delete('NUDGES')
    await eventually(() => assert.equal(listener.isReady(), false))
    await ensureStream(broker.jsm, nudgesStream, 1)
    await publishEvent(broker, after)
    await eventually(() => assert.deepEqual(heard, [before.id, after.id]))
  })

  it('waits for a stream that its owner has not made yet', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    const heard: string[] = []
    await using listener = await consume(broker, async ({ id }) => heard.push(id), { log })
    await broker.jsm.streams.delete('NUDGES')
    await eventually(() => assert.equal(log.times('pull not started') >= 2, true))
    assert.equal(listener.isReady(), false)
    await ensureStream(broker.jsm, nudgesStream, 1)
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(heard.length, 1))
    assert.equal((await messagesOf(broker, 'NUDGES')).length, 1)
  })
})
