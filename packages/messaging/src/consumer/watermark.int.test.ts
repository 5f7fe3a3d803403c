import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { held } from '../testing/held.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { openWatermark } from './watermark.ts'

const never = Number.NEGATIVE_INFINITY

describe('what a service has heard', () => {
  it('ends where something waits or is in hand', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    assert.equal(await consumedUntil(), never, 'no consumer yet')
    using work = held()
    let begun = 0
    const hold = () => {
      begun += 1
      return work.until
    }
    await using _listener = await consume(broker, hold, { maxAckPending: 2 })
    const quietAt = Date.now()
    await eventually(async () => assert.equal((await consumedUntil()) >= quietAt, true))
    for (let i = 0; i < 5; i++) await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(begun, 1))
    const spoken = Date.now()
    assert.equal((await consumedUntil()) < spoken, true, 'before it is handled')
    assert.equal((await consumedUntil()) < spoken, true, 'though it was asked before')
    work.release()
    await eventually(async () => assert.equal((await consumedUntil()) >= spoken, true))
  })

  it('goes on though something is always in hand', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    // Each is handled when the next one has come.
    let release = () => {}
    let begun = 0
    const handle = () => {
      release()
      begun += 1
      return new Promise<void>((resolve) => {
        release = resolve
      })
    }
    await using _listener = await consume(broker, handle, { inKeyOrder: false, ackWaitMs: 30_000 })
    await publishEvent(broker, nudge('k'))
    await eventually(() => assert.equal(begun, 1))
    assert.equal(await consumedUntil(), never)
    await publishEvent(broker, nudge('k'))
    await eventually(async () => assert.equal((await consumedUntil()) > never, true))
    release()
  })

  it('is told anew when the stream was made anew', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumedUntil = openWatermark(broker, 'NUDGES')
    using work = held()
    await using _listener = await consume(broker, () => work.until)
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
})
