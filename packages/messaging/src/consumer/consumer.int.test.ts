import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { AckPolicy, nanos } from 'nats'
import { keyOf } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import { allAcknowledged, consume, positionOf } from '../testing/consumer.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'

const outage = () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' })

describe('a consumer', () => {
  it('delivers an event with its position in the stream', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const received: unknown[] = []
    await using _consumers = await consume(broker, async ({ again: _, ...event }) => received.push(event))
    const event = nudge('k')
    await publishEvent(broker, event)
    await eventually(() =>
      assert.deepEqual(received, [{ ...event, stream: 'NUDGES', sequence: 1, deliveries: 1 }]),
    )
    await allAcknowledged(broker)
  })

  it('redelivers a failed message after a growing delay, and other messages do not wait for it', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const tries: number[] = []
    const others: string[] = []
    await using _consumers = await consume(broker, async ({ subject }) => {
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

  it('keeps a message during an outage of a store, and uses up none of its tries', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using other = await testBroker(nats.url)
    const log = countingLog()
    let attempts = 0
    const handle = async () => {
      if (++attempts <= 5) throw outage()
    }
    const options = { log, maxTries: 1, ackWaitMs: 600 }
    await using _consumers = await consume(broker, handle, options)
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

  it('keeps a slow message alive, so that no other replica receives it', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let starts = 0
    const slow = blockedWork()
    const handle = () => {
      starts += 1
      return slow.released
    }
    await using _consumers = await consume(broker, handle, { ackWaitMs: 500 })
    using _ = slow
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(starts, 1))
    // Meanwhile, a consumer that reports no progress receives the message four times.
    const silent = { durable_name: 'silent', ack_policy: AckPolicy.Explicit, ack_wait: nanos(500) }
    await broker.jsm.consumers.add('NUDGES', silent)
    const pull = await broker.js.consumers.get('NUDGES', 'silent')
    for (let deliveries = 0; deliveries < 4; ) deliveries = (await pull.next())?.info.deliveryCount ?? 0
    slow.release()
    await allAcknowledged(broker)
    assert.equal(starts, 1)
  })

  it('gives back what it cannot finish in time when it stops', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using other = await testBroker(nats.url)
    let starts = 0
    using slow = blockedWork()
    const handle = () => {
      starts += 1
      return slow.released
    }
    const stopped = await consume(broker, handle, { ackWaitMs: 60_000, finishWithinMs: 300 })
    for (const key of ['a', 'b', 'b']) await publishEvent(broker, nudge(key))
    await eventually(() => assert.equal(starts, 2))
    const began = performance.now()
    await stopped.stop()
    assert.ok(performance.now() - began < 3000)
    let handled = 0
    const count = async () => {
      handled += 1
    }
    await using _consumers = await consume(other, count, { ackWaitMs: 60_000 })
    await allAcknowledged(other)
    assert.equal(handled, 3)
  })

  it('handles the messages of one key in sequence, and other keys meanwhile', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const order: string[] = []
    const a1 = blockedWork()
    await using _consumers = await consume(broker, async ({ subject, data }) => {
      const what = `${keyOf(subject)}${data.by}`
      order.push(`${what} begins`)
      if (what === 'a1') await a1.released
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

  it('handles the messages of one key in sequence during an outage, too', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const attempts: number[] = []
    await using _consumers = await consume(broker, async ({ data }) => {
      attempts.push(data.by)
      if (attempts.length < 3) throw outage()
    })
    for (const by of [1, 2]) await publishEvent(broker, nudge('a', by))
    await eventually(() => assert.equal(attempts.length, 4))
    await allAcknowledged(broker)
    assert.deepEqual(attempts, [1, 1, 1, 2])
  })

  it('finishes the messages in flight before it stops, and takes no further ones', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const begun: string[] = []
    const work = blockedWork()
    const consumers = await consume(broker, async ({ id }) => {
      begun.push(id)
      await work.released
    })
    const first = nudge('k')
    await publishEvent(broker, first)
    await eventually(() => assert.equal(begun.length, 1))
    let isStopped = false
    const stopped = consumers.stop().then(() => (isStopped = true))
    await eventually(async () => assert.equal((await positionOf(broker)).num_waiting, 0))
    await publishEvent(broker, nudge('k'))
    assert.equal(isStopped, false)
    work.release()
    await stopped
    await eventually(async () => {
      const position = await positionOf(broker)
      assert.deepEqual([position.num_ack_pending, position.num_pending], [0, 1])
    })
    assert.deepEqual(begun, [first.id])
  })

  it('returns a message that waits for a store at once when it stops', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    const consumers = await consume(broker, () => Promise.reject(outage()), { log, maxTries: 1 })
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(log.times('store unavailable') >= 1, true))
    await consumers.stop()
    assert.equal(log.times('will be redelivered'), 1)
    assert.equal(log.times('dead letter'), 0)
    const handled: string[] = []
    await using _next = await consume(broker, async ({ id }) => handled.push(id))
    await allAcknowledged(broker)
    assert.equal(handled.length, 1)
  })

  it('is recreated from the first message when it is deleted', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const received: string[] = []
    await using consumers = await consume(broker, async ({ id }) => received.push(id))
    const events = [nudge('a'), nudge('b'), nudge('c')]
    for (const event of events) await publishEvent(broker, event)
    await allAcknowledged(broker)
    await broker.jsm.consumers.delete('NUDGES', 'counter')
    await eventually(() => assert.equal(received.length, 6))
    await allAcknowledged(broker)
    assert.ok(consumers.isReady())
    assert.deepEqual(new Set(received.slice(3)), new Set(events.map(({ id }) => id)))
  })

  it('follows a stream that is deleted and recreated', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const received: string[] = []
    await using consumers = await consume(broker, async ({ id }) => received.push(id))
    const [before, after] = [nudge('k'), nudge('k')]
    await publishEvent(broker, before)
    await allAcknowledged(broker)
    await broker.jsm.streams.delete('NUDGES')
    await eventually(() => assert.equal(consumers.isReady(), false))
    await ensureStream(broker.jsm, nudgesStream, 1)
    await publishEvent(broker, after)
    await eventually(() => assert.deepEqual(received, [before.id, after.id]))
  })

  it('waits for a stream that its owner has not created yet', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const log = countingLog()
    const received: string[] = []
    await using consumers = await consume(broker, async ({ id }) => received.push(id), { log })
    await broker.jsm.streams.delete('NUDGES')
    await eventually(() => assert.equal(log.times('pull not started') >= 2, true))
    assert.equal(consumers.isReady(), false)
    await ensureStream(broker.jsm, nudgesStream, 1)
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(received.length, 1))
    assert.equal((await messagesOf(broker, 'NUDGES')).length, 1)
  })
})
