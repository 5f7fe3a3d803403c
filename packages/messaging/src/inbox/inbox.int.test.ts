import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { count } from 'drizzle-orm'
import { inbox } from '../postgres/schema.ts'
import { allAcknowledged, allWait, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, nudge, raiseOn } from '../testing/counters.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { handlingOf, pruneInbox } from './inbox.ts'

const keys = ['a', 'b', 'c', 'd']

describe('the inbox', () => {
  it('lets two replicas on one durable handle each event once, however often the stream has it', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using one = await testReplica(database, nats)
    await using other = await testReplica(database, nats)
    const receivedBy = { one: 0, other: 0 }
    await using _one = await consume(one.broker, (event) => {
      receivedBy.one += 1
      return raiseOn(one.commit)(event)
    })
    await using _other = await consume(other.broker, (event) => {
      receivedBy.other += 1
      return raiseOn(other.commit)(event)
    })
    const events = Array.from({ length: 50 }, () => keys.map((key) => nudge(key))).flat()
    await allWait(one.broker, 2)
    // With three message ids, so that the broker recognises no duplicate.
    const publishing = ['first', 'second', 'third'].flatMap((time) =>
      events.map((event) => publishEvent(one.broker, event, { messageId: `${event.id} ${time}` })),
    )
    await Promise.all(publishing)
    await allAcknowledged(one.broker)
    assert.equal((await messagesOf(one.broker, 'NUDGES')).length, 600)
    assert.ok(receivedBy.one > 0 && receivedBy.other > 0, JSON.stringify(receivedBy))
    assert.deepEqual(await counts(database.db), Object.fromEntries(keys.map((key) => [key, 50])))
  })

  it('lets a consumer that is recreated from the first message change nothing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    let received = 0
    const handle = raiseOn(replica.commit)
    const consumers = await consume(replica.broker, handle)
    for (const key of keys) await publishEvent(replica.broker, nudge(key))
    await allAcknowledged(replica.broker)
    await consumers.stop()
    await replica.broker.jsm.consumers.delete('NUDGES', 'counter')
    await using _again = await consume(replica.broker, (event) => {
      received += 1
      return handle(event)
    })
    await allAcknowledged(replica.broker)
    assert.equal(received, keys.length)
    assert.deepEqual(await counts(database.db), Object.fromEntries(keys.map((key) => [key, 1])))
  })

  it('prunes what was handled long ago, and nothing else', async () => {
    await using database = await testDatabase()
    const old = '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b'
    const recent = nudge('k').id
    await database.db.insert(inbox).values([{ id: old }, { id: recent }])
    await pruneInbox(database.db, 60_000)
    assert.deepEqual(await database.db.select({ id: inbox.id }).from(inbox), [{ id: recent }])
  })

  it('knows when an event was handled, and how often the stream had delivered it', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const event = nudge('k')
    let tries = 0
    const before = Date.now()
    await using _consumers = await consume(replica.broker, (received) => {
      tries += 1
      if (tries < 3) throw new Error('not yet')
      return raiseOn(replica.commit)(received)
    })
    await publishEvent(replica.broker, event)
    await allAcknowledged(replica.broker)
    const handling = await handlingOf(database.db, event.id)
    assert.equal(handling?.deliveries, 3)
    assert.ok(Date.parse(handling.handledAt ?? '') >= before - 1, handling.handledAt)
    assert.equal(await handlingOf(database.db, nudge('k').id), undefined)
  })

  it('keeps nothing of a change that the database refuses', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await using _consumers = await consume(replica.broker, raiseOn(replica.commit), { maxTries: 2 })
    await publishEvent(replica.broker, nudge('a', 2000))
    await publishEvent(replica.broker, nudge('b'))
    await allAcknowledged(replica.broker)
    assert.deepEqual(await counts(database.db), { b: 1 })
    const [row] = await database.db.select({ rows: count() }).from(inbox)
    assert.equal(row?.rows, 1)
    const [deadLetter, ...others] = await deadLettersIn(replica.broker)
    assert.match(deadLetter?.header('dead-letter-error') ?? '', /violates check constraint/)
    assert.equal(others.length, 0)
  })
})
