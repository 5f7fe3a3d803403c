import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { isNotNull, sql } from 'drizzle-orm'
import { openConsumers } from '../consumer/consumer.ts'
import type { EventType } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import { outbox } from '../postgres/schema.ts'
import { cause, countersStream, type Raised, raised } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { held } from '../testing/held.ts'
import { quietLog } from '../testing/log.ts'
import { messagesOf } from '../testing/messages.ts'
import { forgetfulNats, type Loss } from '../testing/power-failure.ts'
import { testReplica } from '../testing/replica.ts'
import { testBroker, testDatabase } from '../testing/servers.ts'
import { reconcile } from './reconciler.ts'

type Replica = Awaited<ReturnType<typeof testReplica>>

const raisedType: EventType<Raised> = {
  event: 'Raised',
  subject: 'counters.raised',
  version: 1,
  read: (_version, data) => data as Raised['data'],
}

/** Says so many events of different keys at once. */
async function say({ commit }: Replica, key: string, events: number): Promise<string[]> {
  const said = await Promise.all(
    Array.from({ length: events }, (_, i) =>
      commit({ key: `${key}${i}`, cause: cause(), decide: () => [raised(`${key}${i}`)] }),
    ),
  )
  return said.flatMap((change) => change.events.map(({ id }) => id))
}

const publishedIn = ({ db }: Replica) => db.select().from(outbox).where(isNotNull(outbox.publishedAt))

const allPublished = (replica: Replica, events: number) =>
  eventually(async () => assert.equal((await publishedIn(replica)).length, events))

const sorted = (ids: Iterable<string>) => [...ids].sort((a, b) => a.localeCompare(b))

/** Once the broker is back; what is said earlier waits five seconds for an answer. */
const backAt = async (replica: Replica) => {
  await eventually(() => assert.equal(replica.broker.isConnected(), true))
  await replica.broker.connection.flush()
}

const idsIn = async ({ broker }: Replica) =>
  sorted((await messagesOf(broker, 'COUNTERS')).map((message) => message.header('ce-id')))

/** Sweeps until each of these events is in the stream once, and where the outbox says. */
async function hasAllOnce(replica: Replica, said: readonly string[]): Promise<void> {
  await eventually(async () => {
    await replica.outbox.sweep()
    assert.deepEqual(await idsIn(replica), sorted(said))
    const at = new Map(
      (await messagesOf(replica.broker, 'COUNTERS')).map((m) => [m.header('ce-id'), m.sequence]),
    )
    const rows = await publishedIn(replica)
    assert.deepEqual(
      rows.filter((row) => row.streamSequence !== at.get(row.id)),
      [],
    )
    assert.equal(rows.length, said.length)
  })
}

const losses: [string, Loss][] = [
  ['the broker’s last writes', 'everything'],
  ['a stream’s last messages, and not that they were read', { messagesOf: 'COUNTERS' }],
]

describe('an outbox and its stream', { timeout: 280_000 }, () => {
  for (const [what, loss] of losses)
    it(`are the same again after a power failure that took ${what}`, async () => {
      await using database = await testDatabase()
      await using nats = await forgetfulNats()
      await using replica = await testReplica(database, nats)
      await using listener = await testBroker(nats.url, { name: 'listener' })
      const heard = new Set<string>()
      const consumers = openConsumers<Raised>({
        broker: listener,
        subscriptions: [{ stream: 'COUNTERS', events: [raisedType] }],
        handle: async ({ id }) => void heard.add(id),
        isOutage: () => false,
        replicas: 1,
        log: quietLog,
      })
      const said = await say(replica, 'kept', 50)
      await allPublished(replica, 50)
      await eventually(() => assert.equal(heard.size, 50))
      await nats.remember()
      await backAt(replica)
      said.push(...(await say(replica, 'lost', 40)))
      await allPublished(replica, 90)
      await eventually(() => assert.equal(heard.size, 90))

      await nats.losePower(loss)
      await backAt(replica)
      // Fewer than were lost: their sequences are used again, and not all of them.
      said.push(...(await say(replica, 'later', 30)))
      await hasAllOnce(replica, said)
      await eventually(() => assert.deepEqual(sorted(heard), sorted(said)))
      await consumers.stop()
    })

  it('are the same again when the stream is made anew', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const said = await say(replica, 'k', 1200)
    await allPublished(replica, 1200)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await ensureStream(replica.broker.jsm, countersStream, 1)
    replica.outbox.scheduleReconcile()
    await hasAllOnce(replica, said)
  })

  it('are compared behind what others have published since the loss', async () => {
    await using database = await testDatabase()
    await using nats = await forgetfulNats()
    await using replica = await testReplica(database, nats)
    const said = await say(replica, 'kept', 300)
    await allPublished(replica, 300)
    await nats.remember()
    await backAt(replica)
    said.push(...(await say(replica, 'lost', 5)))
    await allPublished(replica, 305)
    await nats.losePower('everything')
    // One that does not compare: it never sweeps.
    await using other = await testReplica(database, nats)
    said.push(...(await say(other, 'later', 500)))
    await allPublished(other, 805)
    await hasAllOnce(replica, said)
  })

  it('are the same again when the stream is set back by more than one statement takes', async () => {
    await using database = await testDatabase()
    await using nats = await forgetfulNats()
    await using replica = await testReplica(database, nats)
    const said = await say(replica, 'kept', 10)
    await allPublished(replica, 10)
    await nats.remember()
    await backAt(replica)
    said.push(...(await say(replica, 'lost', 1100)))
    await allPublished(replica, 1110)
    // In statements that stay short, however many rows there are.
    await database.db.execute(sql`
      create function is_short() returns trigger language plpgsql as $$ begin
        if (select count(*) from after) > 1000 then raise 'a statement that takes too long'; end if;
        return null;
      end $$`)
    await database.db.execute(sql`
      create trigger is_short after update on ${outbox} referencing new table as after
      for each statement execute function is_short()`)
    await nats.losePower('everything')
    await backAt(replica)
    await hasAllOnce(replica, said)
  })

  it('are the same again when the loss comes between an acknowledgement and its mark', async () => {
    await using database = await testDatabase()
    await using nats = await forgetfulNats()
    await using replica = await testReplica(database, nats)
    const said = await say(replica, 'kept', 1)
    await allPublished(replica, 1)
    await nats.remember()
    await backAt(replica)
    await database.db.execute(sql`
      create function wait() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock(1);
        return new;
      end $$`)
    await database.db.execute(sql`
      create trigger wait before update on ${outbox} for each row
      when (new.published_at is not null) execute function wait()`)
    using marking = held()
    const holding = database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(1)`)
      said.push(...(await say(replica, 'lost', 1)))
      await marking.until
    })
    await eventually(async () => {
      const [row] = await database.db.execute(
        sql`select count(*)::int as waiting from pg_stat_activity where wait_event = 'advisory'`,
      )
      assert.equal(row?.waiting, 1)
    })
    await nats.losePower('everything')
    await backAt(replica)
    const swept = replica.outbox.sweep()
    // Begun before, a comparison that waits for no mark is done by the time that this one is.
    assert.equal(await reconcile(database.open(), replica.broker, 'COUNTERS'), 0)
    marking.release()
    await Promise.all([holding, swept])
    await hasAllOnce(replica, said)
  })

  it('are compared when a service starts', async () => {
    await using database = await testDatabase()
    await using nats = await forgetfulNats()
    const said: string[] = []
    {
      await using replica = await testReplica(database, nats)
      said.push(...(await say(replica, 'kept', 3)))
      await allPublished(replica, 3)
      await nats.remember()
      await backAt(replica)
      said.push(...(await say(replica, 'lost', 3)))
      await allPublished(replica, 6)
    }
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '2 days'`)
    await nats.losePower('everything')
    await using replica = await testReplica(database, nats)
    await hasAllOnce(replica, said)
  })

  it('are compared by their last rows alone when nothing is missing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const said = await say(replica, 'k', 3000)
    await allPublished(replica, 3000)
    await database.db.execute(
      sql`update ${outbox} set published_at = published_at - interval '1 second' * stream_sequence`,
    )
    await using observer = await testBroker(nats.url, { name: 'observer' })
    let lookedUp = 0
    observer.connection.subscribe('$JS.API.DIRECT.GET.COUNTERS', {
      callback() {
        lookedUp += 1
      },
    })
    await observer.connection.flush()
    assert.equal(await replica.outbox.sweep(), 0)
    assert.equal(await replica.outbox.sweep(), 0)
    await observer.connection.flush()
    assert.equal(lookedUp, 200)
    assert.equal((await publishedIn(replica)).length, said.length)
  })

  it('differ by what the stream’s own limits took', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await replica.broker.jsm.streams.update('COUNTERS', { max_msgs: 10 })
    await say(replica, 'k', 30)
    await allPublished(replica, 30)
    assert.equal(await replica.outbox.sweep(), 0)
    assert.equal((await idsIn(replica)).length, 10)
  })
})
