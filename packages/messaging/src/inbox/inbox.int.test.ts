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
import { pruneInbox } from './inbox.ts'

const keys = ['a', 'b', 'c', 'd']

describe('the inbox', () => {
  it('lets two replicas on one durable handle each event once, however often the stream has it', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using one = await testReplica(database, nats)
    await using other = await testReplica(database, nats)
    const heardBy = { one: 0, other: 0 }
    await using _one = await consume(one.broker, (event) => {
      heardBy.one += 1
      return raiseOn(one.commit)(event)
    })
    await using _other = await consume(other.broker, (event) => {
      heardBy.other += 1
      return raiseOn(other.commit)(event)
    })
    const events = Array.from({ length: 50 }, () => keys.map((key) => nudge(key))).flat()
    await allWait(one.broker, 2)
    // Under three names, so that the broker takes none for a duplicate.
    const saying = ['first', 'second', 'third'].flatMap((time) =>
      events.map((event) => publishEvent(one.broker, event, { messageId: `${event.id} ${time}` })),
    )
    await Promise.all(saying)
    await allAcknowledged(one.broker)
    assert.equal((await messagesOf(one.broker, 'NUDGES')).length, 600)
    assert.ok(heardBy.one > 0 && heardBy.other > 0, JSON.stringify(heardBy))
    assert.deepEqual(await counts(database.db), Object.fromEntries(keys.map((key) => [key, 50])))
  })

  it('lets a consumer that is made again from the first message change nothing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    let heard = 0
    const handle = raiseOn(replica.commit)
    const listener = await consume(replica.broker, handle)
    for (const key of keys) await publishEvent(replica.broker, nudge(key))
    await allAcknowledged(replica.broker)
    await listener.stop()
    await replica.broker.jsm.consumers.delete('NUDGES', 'counter')
    await using _again = await consume(replica.broker, (event) => {
      heard += 1
      return handle(event)
    })
    await allAcknowledged(replica.broker)
    assert.equal(heard, keys.length)
    assert.deepEqual(await counts(database.db), Object.fromEntries(keys.map((key) => [key, 1])))
  })

  it('forgets what was handled long ago, and nothing else', async () => {
    await using database = await testDatabase()
    const old = '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b'
    const recent = nudge('k').id
    await database.db.insert(inbox).values([{ id: old }, { id: recent }])
    await pruneInbox(database.db, 60_000)
    assert.deepEqual(await database.db.select().from(inbox), [{ id: recent }])
  })

  it('keeps nothing of a change that the database refuses', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await using _listener = await consume(replica.broker, raiseOn(replica.commit), { maxTries: 2 })
    await publishEvent(replica.broker, nudge('a', 2000))
    await publishEvent(replica.broker, nudge('b'))
    await allAcknowledged(replica.broker)
    assert.deepEqual(await counts(database.db), { b: 1 })
    const [row] = await database.db.select({ rows: count() }).from(inbox)
    assert.equal(row?.rows, 1)
    const [letter, ...others] = await deadLettersIn(replica.broker)
    assert.match(letter?.header('dead-letter-error') ?? '', /violates check constraint/)
    assert.equal(others.length, 0)
  })
})
