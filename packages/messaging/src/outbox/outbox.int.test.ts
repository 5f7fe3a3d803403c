import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { isNull, sql } from 'drizzle-orm'
import { type Event, stamp } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import type { Database } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'
import { cause, countersStream, raised } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { pruneOutbox } from './outbox-table.ts'

const raise = (key: string) => ({ key, cause: cause('why'), decide: () => [raised(key)] })

type Replica = Awaited<ReturnType<typeof testReplica>>

/** What a process leaves that dies after its commit, before it publishes. */
async function crashAfterCommit({ db, outbox }: Replica, events: number): Promise<Event[]> {
  const left = Array.from({ length: events }, (_, i) => stamp(raised(`k${i}`), cause(), new Date()))
  await db.transaction((tx) => outbox.append(tx, left))
  return left
}

const unpublished = (db: Database) => db.select().from(outbox).where(isNull(outbox.publishedAt))

const allPublished = (db: Database) => eventually(async () => assert.deepEqual(await unpublished(db), []))

const sweptAll = (replica: Replica) =>
  eventually(async () => {
    await replica.outbox.sweep()
    assert.deepEqual(await unpublished(replica.db), [])
  })

const sorted = (ids: string[]) => ids.toSorted((a, b) => a.localeCompare(b))

/** Every time that something is published, whether or not the stream takes it for a duplicate. */
function publishedOn({ broker }: Replica): string[] {
  const ids: string[] = []
  broker.connection.subscribe('counters.>', {
    callback: (_error, message) => ids.push(message.headers?.get('ce-id') ?? ''),
  })
  return ids
}

describe('an outbox', () => {
  it('publishes what was committed, and keeps where the stream has it', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const { events } = await replica.commit(raise('k'))
    await allPublished(database.db)
    const [message] = await messagesOf(replica.broker, 'COUNTERS')
    assert.equal(message?.subject, 'counters.raised.k')
    assert.deepEqual(JSON.parse(message.data), { by: 1 })
    assert.equal(message.header('Nats-Msg-Id'), events[0]?.id)
    assert.equal(message.header('ce-causationid'), 'why')
    const [row] = await database.db.select().from(outbox)
    assert.deepEqual([row?.stream, row?.streamSequence], ['COUNTERS', 1])
    const { created } = await replica.broker.jsm.streams.info('COUNTERS')
    assert.equal(Date.parse(row?.streamCreated ?? ''), Date.parse(created))
  })

  it('sweeps what a crash left behind, however much, but not before its lease has ended', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using crashed = await testReplica(database, nats, { leaseMs: 1500 })
    await using other = await testReplica(database, nats)
    const left = await crashAfterCommit(crashed, 1200)
    assert.equal(await other.outbox.sweep(), 0)
    await sweptAll(other)
    const messages = await messagesOf(other.broker, 'COUNTERS')
    assert.deepEqual(
      sorted(messages.map((message) => message.header('ce-id'))),
      sorted(left.map(({ id }) => id)),
    )
  })

  it('publishes a swept event as it would have at once', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using crashed = await testReplica(database, nats, { leaseMs: 1 })
    await using other = await testReplica(database, nats)
    const [event] = await crashAfterCommit(crashed, 1)
    await sweptAll(other)
    const [message] = await messagesOf(other.broker, 'COUNTERS')
    const header = (name: string) => message?.header(name)
    assert.deepEqual(JSON.parse(message?.data ?? ''), event?.data)
    assert.deepEqual(
      [header('Nats-Msg-Id'), header('ce-time'), header('ce-causationid'), header('traceparent')],
      [event?.id, event?.time, event?.causationId, event?.traceparent],
    )
  })

  it('publishes nothing twice when two replicas sweep at once', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using crashed = await testReplica(database, nats, { leaseMs: 1 })
    await using one = await testReplica(database, nats, { leaseMs: 60_000 })
    await using other = await testReplica(database, nats, { leaseMs: 60_000 })
    const published = publishedOn(crashed)
    await crashed.broker.connection.flush()
    const left = await crashAfterCommit(crashed, 900)
    await eventually(async () => {
      await Promise.all([one, other, one, other].map((replica) => replica.outbox.sweep()))
      assert.deepEqual(await unpublished(database.db), [])
    })
    await crashed.broker.connection.flush()
    assert.equal(published.length, left.length)
    assert.equal(new Set(published).size, left.length)
  })

  it('takes a duplicate for a success, and keeps where the first one is', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using crashed = await testReplica(database, nats, { leaseMs: 1 })
    const [event] = await crashAfterCommit(crashed, 2)
    assert.ok(event)
    await publishEvent(crashed.broker, event)
    await sweptAll(crashed)
    assert.equal((await messagesOf(crashed.broker, 'COUNTERS')).length, 2)
    const rows = await database.db.select().from(outbox)
    assert.equal(rows.find(({ id }) => id === event.id)?.streamSequence, 1)
  })

  it('makes its stream again when that is gone, and leaves nothing unpublished', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await replica.commit(raise('k'))
    await sweptAll(replica)
    assert.equal((await messagesOf(replica.broker, 'COUNTERS')).length, 1)
  })

  it('makes its stream again, with all that was in it, though it says nothing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats, { checkEveryMs: 100 })
    await replica.commit(raise('k'))
    await allPublished(database.db)
    await replica.outbox.sweep()
    await replica.broker.jsm.streams.delete('COUNTERS')
    await eventually(async () => {
      await replica.outbox.sweep()
      assert.equal((await messagesOf(replica.broker, 'COUNTERS')).length, 1)
    })
  })

  it('tells the stream that another replica made again from the one before', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await replica.commit(raise('before'))
    await allPublished(database.db)
    await using other = await testReplica(database, nats)
    await other.broker.jsm.streams.delete('COUNTERS')
    await ensureStream(other.broker.jsm, countersStream, 1)
    await replica.commit(raise('after'))
    await allPublished(database.db)
    const { created } = await other.broker.jsm.streams.info('COUNTERS')
    const after = (await database.db.select().from(outbox)).find(({ subject }) => subject.endsWith('after'))
    assert.equal(Date.parse(after?.streamCreated ?? ''), Date.parse(created))
  })

  it('loses nothing, and says nothing twice, when the broker is killed while it publishes', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const said: string[] = []
    const commitAll = async (lane: number) => {
      for (let i = 0; i < 100; i++)
        for (const { id } of (await replica.commit(raise(`k${lane}`))).events) said.push(id)
    }
    const committing = Promise.all(Array.from({ length: 8 }, (_, lane) => commitAll(lane)))
    await eventually(() => assert.equal(said.length >= 100, true))
    await nats.kill()
    await eventually(() => assert.equal(said.length >= 400, true))
    await nats.restart()
    await committing
    await sweptAll(replica)
    const messages = await messagesOf(replica.broker, 'COUNTERS')
    assert.deepEqual(sorted(messages.map((message) => message.header('ce-id'))), sorted(said))
  })

  it('forgets what was published long ago, and keeps what was not', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats, { leaseMs: 60_000 })
    const hourAgo = new Date(Date.now() - 3_600_000)
    const [old, waiting, recent] = [hourAgo, hourAgo, new Date()].map((time) =>
      stamp(raised('k'), cause(), time),
    )
    assert.ok(old && waiting && recent)
    await replica.db.transaction((tx) => replica.outbox.append(tx, [old, waiting, recent]))
    replica.outbox.publish([old, recent])
    await eventually(async () => assert.equal((await unpublished(database.db)).length, 1))
    const left = async () => sorted((await database.db.select().from(outbox)).map(({ id }) => id))
    // As long as the stream may lose it.
    await pruneOutbox(database.db, 1_800_000)
    assert.deepEqual(await left(), sorted([old.id, waiting.id, recent.id]))
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '1 hour'`)
    await pruneOutbox(database.db, 1_800_000)
    assert.deepEqual(await left(), sorted([waiting.id, recent.id]))
  })

  it('forgets any number of events, in statements that stay short', async () => {
    await using database = await testDatabase()
    const { db } = database
    await db.execute(sql`
      insert into ${outbox} (id, name, version, subject, data, time, causation_id, traceparent, leased_until, published_at)
      select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'n', 1, 's', '{}', '2020-01-01', 'c', 't',
        '2020-01-01', '2020-01-01' from generate_series(1, 45000) as i`)
    await db.execute(sql`
      create function is_short() returns trigger language plpgsql as $$ begin
        if (select count(*) from gone) > 20000 then raise 'a statement that takes too long'; end if;
        return null;
      end $$`)
    await db.execute(sql`
      create trigger is_short after delete on ${outbox} referencing old table as gone
      for each statement execute function is_short()`)
    await pruneOutbox(db, 60_000)
    assert.deepEqual(await db.select().from(outbox), [])
  })
})
