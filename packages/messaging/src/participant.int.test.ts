import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { isNull } from 'drizzle-orm'
import { stamp } from './events/event.ts'
import { ensureStream } from './nats/streams.ts'
import { openOutbox } from './outbox/outbox.ts'
import { openParticipant } from './participant.ts'
import { outbox } from './postgres/schema.ts'
import { allAcknowledged } from './testing/consumer.ts'
import {
  type Counter,
  cause,
  counterAggregate,
  countersStream,
  counts,
  Nudged,
  nudge,
  nudgesStream,
  type Raised,
  raised,
  raiseOn,
} from './testing/counters.ts'
import { eventually } from './testing/eventually.ts'
import { quietLog } from './testing/log.ts'
import { messagesOf, publishEvent } from './testing/messages.ts'
import { type TestDatabase, testBroker, testDatabase } from './testing/servers.ts'

const subscriptions = [{ stream: nudgesStream.name, publisher: 'nudger', events: [Nudged] }]

/** The whole service that counts. */
async function open(database: TestDatabase, natsUrl: string, { sweepEveryMs = 60_000 } = {}) {
  const broker = await testBroker(natsUrl)
  const participant = await openParticipant<Counter, Raised, Nudged>({
    db: database.open(),
    broker,
    stream: countersStream,
    replicas: 1,
    aggregate: counterAggregate,
    retentionMs: 60_000,
    log: quietLog,
    sweepEveryMs,
  })
  return { broker, ...participant }
}

const unpublished = ({ db }: TestDatabase) => db.select().from(outbox).where(isNull(outbox.publishedAt))

/** An event of another process that crashed between its commit and its publish. */
async function leaveUnpublished({ db }: TestDatabase, natsUrl: string): Promise<void> {
  await using broker = await testBroker(natsUrl)
  const options = { db, broker, stream: countersStream, replicas: 1, log: quietLog, leaseMs: 1 }
  const other = await openOutbox(options)
  await db.transaction((tx) => other.append(tx, [stamp(raised('k'), cause(), new Date())]))
}

describe('a participant', () => {
  it('publishes what follows from an event that it consumes, with its cause', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const { broker, commit, consume, isReady, stop } = await open(database, nats.url)
    await ensureStream(broker.jsm, nudgesStream, 1)
    assert.equal(isReady(), false)
    consume(subscriptions, raiseOn(commit))
    await eventually(() => assert.equal(isReady(), true))
    const event = nudge('k', 3)
    await publishEvent(broker, event)
    const [message] = await eventually(async () => {
      const messages = await messagesOf(broker, 'COUNTERS')
      assert.equal(messages.length, 1)
      return messages
    })
    assert.equal(message?.header('ce-causationid'), event.id)
    assert.equal(message?.header('traceparent').slice(0, 35), event.traceparent.slice(0, 35))
    await stop()
    await broker.close()
  })

  it('leaves nothing half done when it stops', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using observer = await testBroker(nats.url)
    await ensureStream(observer.jsm, nudgesStream, 1)
    const { broker, commit, consume, stop } = await open(database, nats.url)
    const events = Array.from({ length: 300 }, (_, i) => nudge(`k${i % 50}`))
    await Promise.all(events.map((event) => publishEvent(observer, event)))
    let begun = 0
    await new Promise((resolve) => {
      consume(subscriptions, (event) => {
        begun += 1
        // Most of the messages are still on their way.
        if (begun === 1) resolve(stop())
        return raiseOn(commit)(event)
      })
    })
    await broker.close()
    assert.ok(begun > 1)
    assert.deepEqual(await unpublished(database), [])
    const raisedBy = Object.values(await counts(database.db)).reduce((sum, count) => sum + count, 0)
    assert.equal((await messagesOf(observer, 'COUNTERS')).length, raisedBy)
    // What was on its way is finished, so another replica receives the rest, each once, before the ack wait is over.
    const { delivered, num_ack_pending: unfinished } = await observer.jsm.consumers.info('NUDGES', 'counter')
    assert.deepEqual([delivered.consumer_seq, unfinished], [raisedBy, 0])
    const consumer = await observer.js.consumers.get('NUDGES', 'counter')
    const rest = new Set<number>()
    const pull = await consumer.fetch({ max_messages: events.length, expires: 1000 })
    for await (const message of pull) {
      assert.equal(message.redelivered, false)
      rest.add(message.seq)
      message.ack()
    }
    assert.equal(rest.size, events.length - raisedBy)
  })

  it('stops within its time limit while the broker is away, and keeps the unpublished events', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const { broker, commit, consume, stop } = await open(database, nats.url, { sweepEveryMs: 100 })
    await ensureStream(broker.jsm, nudgesStream, 1)
    consume(subscriptions, raiseOn(commit))
    await nats.kill()
    await eventually(() => assert.equal(broker.isConnected(), false))
    await commit({ key: 'k', cause: cause(), decide: () => [raised('k')] })
    const began = performance.now()
    await stop()
    await broker.close()
    // A service has ten seconds to stop.
    assert.ok(performance.now() - began < 7000, `${performance.now() - began} ms`)
    assert.equal(broker.connection.isClosed(), true)
    assert.equal((await unpublished(database)).length, 1)
  })

  it('continues where another process stopped', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using observer = await testBroker(nats.url)
    await ensureStream(observer.jsm, nudgesStream, 1)
    for (const round of [1, 2, 3]) {
      await Promise.all(Array.from({ length: 100 }, () => publishEvent(observer, nudge('k'))))
      const { broker, commit, consume, stop } = await open(database, nats.url)
      consume(subscriptions, raiseOn(commit))
      await eventually(async () =>
        assert.equal(Number((await counts(database.db)).k) > 100 * (round - 1), true),
      )
      await stop()
      await broker.close()
    }
    const last = await open(database, nats.url)
    last.consume(subscriptions, raiseOn(last.commit))
    await allAcknowledged(observer)
    await last.stop()
    await last.broker.close()
    assert.deepEqual(await counts(database.db), { k: 300 })
  })

  it('sweeps periodically', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const { broker, stop } = await open(database, nats.url, { sweepEveryMs: 50 })
    await leaveUnpublished(database, nats.url)
    await eventually(async () => assert.deepEqual(await unpublished(database), []))
    await stop()
    assert.equal((await messagesOf(broker, 'COUNTERS')).length, 1)
    await broker.close()
  })

  it('sweeps after a reconnect', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const { broker, stop } = await open(database, nats.url)
    await leaveUnpublished(database, nats.url)
    await nats.kill()
    await nats.restart()
    await eventually(async () => assert.deepEqual(await unpublished(database), []))
    await stop()
    await broker.close()
  })
})
