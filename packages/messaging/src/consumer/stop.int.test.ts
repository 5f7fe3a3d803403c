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

const services = Array.from({ length: 6 }, (_, i) => `counter-${i}`)

describe('a service whose replica is restarted again and again under load', { timeout: 180_000 }, () => {
  for (const [name, size] of [
    ['one server', 1],
    ['a cluster', 3],
  ] as const)
    it(`is handed every message once by ${name}`, () => handsEachMessageOnce(size))
})

async function handsEachMessageOnce(size: 1 | 3): Promise<void> {
  await using nats = await testNatsCluster({ size })
  await using publisher = await testBroker(nats.url)
  // The servers of a cluster first agree on a leader.
  await eventually(() => ensureStream(publisher.jsm, nudgesStream, size), 60_000)
  await eventually(() => publishEvent(publisher, nudge('first')), 60_000)
  const publishing = publishUntil(async () => {
    const events = Array.from({ length: 50 }, (_, i) => nudge(`k${i}`))
    await Promise.all(events.map((event) => publishEvent(publisher, event)))
  })
  const infoOf = (name: string) => publisher.jsm.consumers.info('NUDGES', name)
  await Promise.all(
    services.map(async (name, service) => {
      for (let round = 0; round < 6; round++) {
        // The server that leads a consumer knows of an end at once, the others tell it.
        const leader = await infoOf(name).then(
          ({ cluster }) => cluster?.leader,
          () => undefined,
        )
        const others = nats.servers.filter((_, i) => size === 1 || `local-${i}` !== leader)
        await using broker = await testBroker(String(others[round % others.length]?.url), { name })
        const consumers = await consume(broker, async () => {}, { ackWaitMs: 60_000 })
        await delay(150 + 30 * service)
        await consumers.stop()
      }
    }),
  )
  await publishing.end()
  for (const name of services)
    await eventually(async () => {
      const { delivered, num_ack_pending } = await infoOf(name)
      const again = delivered.consumer_seq - delivered.stream_seq
      assert.deepEqual({ name, again, inFlight: num_ack_pending }, { name, again: 0, inFlight: 0 })
    })
}

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
