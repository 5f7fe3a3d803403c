import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testNatsCluster } from '@saucery/servers/testing/nats-cluster'
import { testNats } from '@saucery/servers/testing/servers'
import { ensureStream } from '../nats/streams.ts'
import { consume } from '../testing/consumer.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
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

describe('a replica that stops', { timeout: 60_000 }, () => {
  it('gives back what it cannot finish, though it holds as many messages as it may', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    using work = blockedWork()
    let begun = 0
    const handle = () => {
      begun += 1
      return work.released
    }
    const full = await consume(broker, handle, { ackWaitMs: 60_000, maxAckPending: 2, finishWithinMs: 300 })
    for (const key of ['a', 'b']) await publishEvent(broker, nudge(key))
    await eventually(() => assert.equal(begun, 1))
    await full.stop()
    let handled = 0
    await using _next = await consume(broker, async () => handled++, { ackWaitMs: 60_000 })
    await eventually(() => assert.equal(handled, 2))
  })

  it('ends within seconds while the broker is away', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const consumers = await consume(broker, async () => {})
    await eventually(() => assert.equal(consumers.isReady(), true))
    await nats.kill()
    await eventually(() => assert.equal(broker.isConnected(), false))
    const began = performance.now()
    await consumers.stop()
    assert.ok(performance.now() - began < 3000)
  })
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
