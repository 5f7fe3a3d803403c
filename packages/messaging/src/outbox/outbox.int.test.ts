import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { isNull, sql } from 'drizzle-orm'
import { type Event, stamp } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import type { Database } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'
import { cause, countersStream, raised } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { recordPublished } from '../testing/kit/recorder.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { pruneOutbox } from './outbox-table.ts'

const raise = (key: string) => ({ key, cause: cause('why'), decide: () => [raised(key)] })

type Replica = Awaited<ReturnType<typeof testReplica>>

/** The events that a process leaves when it dies between its commit and its publish. */
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

describe('an outbox', () => {
  it('publishes what was committed, and records its position in the stream', async () => {
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

  it('sweeps all that a crash left behind, but not before its lease has ended', async () => {
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

  it('publishes what was leased before the clock of the database was set back', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using crashed = await testReplica(database, nats, { leaseMs: 7_200_000 })
    await using other = await testReplica(database, nats)
    await crashAfterCommit(crashed, 3)
    await sweptAll(other)
    assert.equal((await messagesOf(other.broker, 'COUNTERS')).length, 3)
  })

  it('publishes a swept event exactly as it would have at once', async () => {
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
    await using published = await recordPublished(crashed.broker.connection, 'counters.>')
    const left = await crashAfterCommit(crashed, 900)
    await eventually(async () => {
      await Promise.all([one, other, one, other].map((replica) => replica.outbox.sweep()))
      assert.deepEqual(await unpublished(database.db), [])
    })
    await crashed.broker.connection.flush()
    const ids = published.events.map(({ id }) => id)
    assert.equal(ids.length, left.length)
    assert.equal(new Set(ids).size, left.length)
  })

  it('treats a duplicate as a success, and records the position of the first one', async () => {
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

  it('recreates its stream when it is gone, and leaves nothing unpublished', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await replica.commit(raise('k'))
    await sweptAll(replica)
    assert.equal((await messagesOf(replica.broker, 'COUNTERS')).length, 1)
  })

  it('recreates its stream with all its events, although it publishes nothing', (t) => recreates(t, 0))

  it('recreates its stream as soon when the clock of the process was set back', (t) => recreates(t, -2))

  async function recreates(t: TestContext, hours: number): Promise<void> {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats, { checkEveryMs: 100 })
    await replica.commit(raise('k'))
    await allPublished(database.db)
    await replica.outbox.sweep()
    const now = Date.now
    t.mock.method(Date, 'now', () => now() + hours * 3_600_000)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await eventually(async () => {
      await replica.outbox.sweep()
      assert.equal((await messagesOf(replica.broker, 'COUNTERS')).length, 1)
    })
  }

  it('notices that another replica has recreated the stream', async () => {
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

  it('loses nothing, and publishes nothing twice, when the broker is killed meanwhile', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const ids: string[] = []
    const commitAll = async (worker: number) => {
      for (let i = 0; i < 100; i++)
        for (const { id } of (await replica.commit(raise(`k${worker}`))).events) ids.push(id)
    }
    const committing = Promise.all(Array.from({ length: 8 }, (_, worker) => commitAll(worker)))
    await eventually(() => assert.equal(ids.length >= 100, true))
    await nats.kill()
    await eventually(() => assert.equal(ids.length >= 400, true))
    await nats.restart()
    await committing
    await sweptAll(replica)
    const messages = await messagesOf(replica.broker, 'COUNTERS')
    assert.deepEqual(sorted(messages.map((message) => message.header('ce-id'))), sorted(ids))
  })

  it('prunes what was published long ago, and keeps what was not', async () => {
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
    // It was published recently, so that the stream may still lose it.
    await pruneOutbox(database.db, 1_800_000)
    assert.deepEqual(await left(), sorted([old.id, waiting.id, recent.id]))
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '1 hour'`)
    await pruneOutbox(database.db, 1_800_000)
    assert.deepEqual(await left(), sorted([waiting.id, recent.id]))
  })

  it('prunes any number of events in short statements', async () => {
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
