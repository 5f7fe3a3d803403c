import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { lagOf } from './lag.ts'

describe('the lag of a consumer', () => {
  it('counts the messages that are pending, in flight and redelivered', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    assert.deepEqual(await lagOf(broker, ['NUDGES']), [], 'not there yet')
    using work = blockedWork()
    await using _consumers = await consume(broker, () => work.released, { maxAckPending: 2, maxHeld: 2 })
    for (let i = 0; i < 5; i++) await publishEvent(broker, nudge('k'))
    const lag = { stream: 'NUDGES', durable: 'counter', redelivered: 0 }
    await eventually(async () =>
      assert.deepEqual(await lagOf(broker, ['NUDGES']), [{ ...lag, pending: 3, ackPending: 2 }]),
    )
    work.release()
    await eventually(async () =>
      assert.deepEqual(await lagOf(broker, ['NUDGES']), [{ ...lag, pending: 0, ackPending: 0 }]),
    )
  })
})
