import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { openWatermark } from './watermark.ts'

const never = Number.NEGATIVE_INFINITY

function setBack(t: TestContext): void {
  const now = Date.now
  t.mock.method(Date, 'now', () => now() - 2 * 3_600_000)
}

describe('a watermark', () => {
  it('stays before messages that are pending or in flight', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    assert.equal(await consumedUntil(), never, 'no consumer yet')
    using work = blockedWork()
    let begun = 0
    const hold = () => {
      begun += 1
      return work.released
    }
    await using _consumers = await consume(broker, hold, { maxAckPending: 2 })
    const quietAt = Date.now()
    await eventually(async () => assert.equal((await consumedUntil()) >= quietAt, true))
    for (let i = 0; i < 5; i++) await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(begun, 1))
    const publishedAt = Date.now()
    assert.equal((await consumedUntil()) < publishedAt, true, 'before they are handled')
    assert.equal((await consumedUntil()) < publishedAt, true, 'also the second time')
    work.release()
    await eventually(async () => assert.equal((await consumedUntil()) >= publishedAt, true))
  })

  it('stays before what was not yet compared with the state, whatever the broker counts', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let comparedUntil = 5
    const consumedUntil = openWatermark(broker, 'NUDGES', () => comparedUntil)
    await using _consumers = await consume(broker, async () => {})
    await eventually(async () => assert.equal(await consumedUntil(), 5))
    comparedUntil = Number.POSITIVE_INFINITY
    const now = Date.now()
    await eventually(async () => assert.equal((await consumedUntil()) >= now, true))
  })

  it('advances although a message is always in flight', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    // Handling one message ends when the next one arrives.
    let release = () => {}
    let begun = 0
    const handle = () => {
      release()
      begun += 1
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    await using _consumers = await consume(broker, handle, { inKeyOrder: false, ackWaitMs: 30_000 })
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(begun, 1))
    assert.equal(await consumedUntil(), never)
    await publishEvent(broker, nudge('k'))
    await eventually(async () => assert.equal((await consumedUntil()) > never, true))
    release()
  })

  it('advances on a recreated stream although a message is always in flight', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    {
      using work = blockedWork()
      let begun = 0
      const hold = () => {
        begun += 1
        return work.released
      }
      await using _former = await consume(broker, hold, { inKeyOrder: false })
      for (let i = 0; i < 5; i++) await publishEvent(broker, nudge('k'))
      await eventually(() => assert.equal(begun, 5))
      assert.equal(await consumedUntil(), never)
      work.release()
    }
    await broker.jsm.streams.delete('NUDGES')
    let release = () => {}
    let begun = 0
    const handle = () => {
      release()
      begun += 1
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    await using _again = await consume(broker, handle, { inKeyOrder: false, ackWaitMs: 30_000 })
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(begun, 1))
    assert.equal(await consumedUntil(), never)
    await publishEvent(broker, nudge('k'))
    await eventually(async () => assert.equal((await consumedUntil()) > never, true), 5000)
    release()
  })

  it('starts again when the stream is recreated', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    using work = blockedWork()
    await using _consumers = await consume(broker, () => work.released)
    for (let i = 0; i < 5; i++) await publishEvent(broker, nudge('k'))
    await eventually(async () => {
      const { delivered } = await broker.jsm.consumers.info('NUDGES', 'counter')
      assert.equal(delivered.stream_seq, 5)
    })
    assert.equal(await consumedUntil(), never)
    await broker.jsm.streams.delete('NUDGES')
    await using _again = await consume(broker, async () => {})
    work.release()
    await eventually(async () => assert.equal((await consumedUntil()) > never, true))
  })

  it('passes a message that is only redelivered, and none that is being handled', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES', undefined, 200)
    using work = blockedWork()
    const handle = async ({ subject }: { subject: string }) => {
      if (subject.endsWith('.bad')) throw new Error('never')
      await work.released
    }
    await using _consumers = await consume(broker, handle, { maxTries: 1000 })
    await publishEvent(broker, nudge('slow'))
    await eventually(async () => {
      const info = await broker.jsm.consumers.info('NUDGES', 'counter')
      assert.equal(info.num_ack_pending, 1)
    })
    const publishedAt = Date.now()
    const polls: number[] = []
    await eventually(async () => {
      polls.push(await consumedUntil())
      assert.ok(Date.now() - publishedAt > 1000, 'not long enough yet')
    })
    assert.deepEqual(new Set(polls), new Set([never]))
    work.release()
    await publishEvent(broker, nudge('bad'))
    const failsSince = Date.now()
    await eventually(async () => {
      assert.equal((await broker.jsm.consumers.info('NUDGES', 'counter')).num_redelivered, 1)
    })
    await eventually(async () => assert.equal((await consumedUntil()) >= failsSince, true), 10_000)
  })

  it('passes a message that is only redelivered, though the clock was set back', async (t) => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES', undefined, 200)
    const fail = () => Promise.reject(new Error('never'))
    await using _consumers = await consume(broker, fail, { maxTries: 1000 })
    await publishEvent(broker, nudge('bad'))
    await eventually(async () => {
      assert.equal((await broker.jsm.consumers.info('NUDGES', 'counter')).num_redelivered, 1)
    })
    assert.equal(await consumedUntil(), never)
    setBack(t)
    await eventually(async () => assert.ok((await consumedUntil()) > never, 'deadlines wait'), 10_000)
    assert.ok((await consumedUntil()) <= Date.now(), 'it claims the future')
  })

  it('is no later than now when the clock was set back, and does not follow it either', async (t) => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    await using _consumers = await consume(broker, async () => {})
    await eventually(async () => assert.ok((await consumedUntil()) > never, 'nothing is consumed'))
    await nats.kill()
    await eventually(() => assert.equal(broker.isConnected(), false))
    setBack(t)
    const setBackAt = Date.now()
    await eventually(() => assert.ok(Date.now() > setBackAt + 50, 'too early'))
    assert.ok((await consumedUntil()) <= setBackAt, 'it claims what came since')
  })
})
