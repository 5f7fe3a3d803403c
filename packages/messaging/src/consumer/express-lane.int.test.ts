import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { keyOf, type ReceivedEvent } from '../events/event.ts'
import type { Broker } from '../nats/connection.ts'
import { ensureStream } from '../nats/streams.ts'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { removeWithLane } from './express-lane.ts'

const options = { maxAckPending: 20, ackWaitMs: 60_000 }

describe('a new event beside a backlog', { timeout: 60_000 }, () => {
  it('is handled while the backlog waits, by one of the replicas', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await using other = await testBroker(nats.url)
    using work = blockedWork()
    const handled: string[] = []
    const sequences = new Set<number>()
    const handle = async ({ subject, sequence }: ReceivedEvent) => {
      if (keyOf(subject) === 'old') await work.released
      handled.push(keyOf(subject))
      sequences.add(sequence)
    }
    await publishBacklog(broker)
    await using _replica = await consume(broker, handle, options)
    await using _other = await consume(other, handle, options)
    await laneIsOpen(broker)
    await publishEvent(broker, nudge('new'))
    await eventually(() => assert.deepEqual(handled, ['new']))
    work.release()
    await allAcknowledged(broker)
    assert.equal(sequences.size, 101)
    // The backlog ends with the event that the lane was sent before. The state of a service knows it.
    assert.equal(countsOf(handled).new, 2)
  })

  it('is handled once when the backlog is gone', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    using work = blockedWork()
    const handled: string[] = []
    const handle = async ({ subject }: ReceivedEvent) => {
      await work.released
      handled.push(keyOf(subject))
    }
    await publishBacklog(broker)
    await using _consumers = await consume(broker, handle, options)
    await laneIsOpen(broker)
    work.release()
    await allAcknowledged(broker)
    await eventually(async () => assert.equal(await waitingIn(broker), 0))
    await publishEvent(broker, nudge('new'))
    await allAcknowledged(broker)
    assert.equal(countsOf(handled).new, 1)
  })

  it('keeps no replica from stopping', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await publishBacklog(broker)
    using work = blockedWork()
    const consumers = await consume(broker, () => work.released, { ...options, finishWithinMs: 300 })
    await laneIsOpen(broker)
    await publishEvent(broker, nudge('new'))
    const began = performance.now()
    await consumers.stop()
    assert.ok(performance.now() - began < 5000)
  })

  it('begins anew when the consumer is removed, as its lane is, too', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await publishBacklog(broker)
    using work = blockedWork()
    await using consumers = await consume(broker, () => work.released, options)
    await laneIsOpen(broker)
    work.release()
    await consumers.stop()
    await removeWithLane(broker.jsm, nudgesStream.name, broker.name)
    assert.deepEqual(await broker.jsm.consumers.list(nudgesStream.name).next(), [])
    await removeWithLane(broker.jsm, nudgesStream.name, broker.name)
  })
})

async function publishBacklog(broker: Broker): Promise<void> {
  await ensureStream(broker.jsm, nudgesStream, 1)
  await Promise.all(Array.from({ length: 100 }, () => publishEvent(broker, nudge('old'))))
}

/** Pulls that wait for a message of the lane: none when no replica uses it. */
const waitingIn = async ({ jsm, name }: Broker): Promise<number> =>
  (await jsm.consumers.info(nudgesStream.name, `${name}-express`)).num_waiting

const laneIsOpen = (broker: Broker): Promise<void> =>
  eventually(async () => assert.notEqual(await waitingIn(broker), 0))

function countsOf(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
