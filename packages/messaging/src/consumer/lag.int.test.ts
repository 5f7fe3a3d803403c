import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { held } from '../testing/held.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { lagOf } from './lag.ts'

describe('the lag of a consumer', () => {
  it('is what waits, what is in hand, and what came again', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    assert.deepEqual(await lagOf(broker, ['NUDGES']), [], 'not there yet')
    using work = held()
    await using _listener = await consume(broker, () => work.until, { maxAckPending: 2 })
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
