import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testNatsCluster } from '@saucery/servers/testing/nats-cluster'
import { ensureStream } from '../nats/streams.ts'
import { consume } from '../testing/consumer.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'

describe('a service whose replica is restarted again and again under load', { timeout: 180_000 }, () => {
  for (const size of [1, 3] as const)
    it(`is handed every message once: ${size} servers`, async () => {
      await using nats = await testNatsCluster({ size })
      await using publisher = await testBroker(nats.url)
      // The servers first agree on a leader.
      await eventually(() => ensureStream(publisher.jsm, nudgesStream, size), 60_000)
      await eventually(() => publishEvent(publisher, nudge('first')), 60_000)
      const publishing = publishUntil(async () => {
        const events = Array.from({ length: 20 }, (_, i) => nudge(`k${i}`))
        await Promise.all(events.map((event) => publishEvent(publisher, event)))
      })
      for (let round = 0; round < 20; round++) {
        await using broker = await testBroker(String(nats.servers[round % size]?.url))
        const consumers = await consume(broker, async () => {}, { ackWaitMs: 60_000 })
        await delay(300)
        await consumers.stop()
      }
      await publishing.end()
      await eventually(async () => {
        const { delivered, num_ack_pending } = await publisher.jsm.consumers.info('NUDGES', 'counter')
        const again = delivered.consumer_seq - delivered.stream_seq
        assert.deepEqual({ again, inFlight: num_ack_pending }, { again: 0, inFlight: 0 })
      })
    })
})

/** Repeats it until `end` is called. */
function publishUntil(publish: () => Promise<void>) {
  let isOpen = true
  const running = (async () => {
    while (isOpen) await publish()
  })()
  return {
    end(): Promise<void> {
      isOpen = false
      return running
    },
  }
}
