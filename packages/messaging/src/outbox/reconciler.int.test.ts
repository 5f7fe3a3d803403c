import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { openConsumers } from '../consumer/consumer.ts'
import type { EventType } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import { outbox } from '../postgres/schema.ts'
import { countersStream, type Raised } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { quietLog } from '../testing/log.ts'
import { type Loss, natsWithPowerFailures } from '../testing/power-failure.ts'
import {
  allPublished,
  backAt,
  commitBeforeSnapshot,
  commitEvents,
  hasAllOnce,
  sorted,
} from '../testing/published-events.ts'
import { testReplica } from '../testing/replica.ts'
import { testBroker, testDatabase } from '../testing/servers.ts'
import { reconcile } from './reconciler.ts'

const raisedType: EventType<Raised> = {
  event: 'Raised',
  subject: 'counters.raised',
  version: 1,
  read: (_version, data) => data as Raised['data'],
}

const losses: [string, Loss][] = [
  ['the broker’s last writes', 'everything'],
  ['a stream’s last messages, and not that they were read', [{ messagesOf: 'COUNTERS' }]],
]

describe('an outbox and its stream', { timeout: 280_000 }, () => {
  for (const [what, loss] of losses)
    it(`are the same again after a power failure that took ${what}`, async () => {
      await using database = await testDatabase()
      await using nats = await natsWithPowerFailures()
      await using replica = await testReplica(database, nats)
      await using listener = await testBroker(nats.url, { name: 'listener' })
      const received = new Set<string>()
      const consumers = openConsumers<Raised>({
        broker: listener,
        subscriptions: [{ stream: 'COUNTERS', publisher: 'counter', events: [raisedType] }],
        handle: async ({ id }) => void received.add(id),
        isOutage: () => false,
        isUp: async () => {},
        replicas: 1,
        log: quietLog,
      })
      const committed = await commitEvents(replica, 'kept', 50)
      await allPublished(replica, 50)
      await eventually(() => assert.equal(received.size, 50))
      await nats.takeSnapshot()
      await backAt(replica)
      committed.push(...(await commitEvents(replica, 'lost', 40)))
      await allPublished(replica, 90)
      await eventually(() => assert.equal(received.size, 90))

      await nats.losePower(loss)
      await backAt(replica)
      // Fewer than were lost, so that only a part of the lost sequences is used again.
      committed.push(...(await commitEvents(replica, 'later', 30)))
      await hasAllOnce(replica, committed)
      await eventually(() => assert.deepEqual(sorted(received), sorted(committed)))
      await consumers.stop()
    })

  it('are the same again when the stream is recreated', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const committed = await commitEvents(replica, 'k', 1200)
    await allPublished(replica, 1200)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await ensureStream(replica.broker.jsm, countersStream, 1)
    replica.outbox.scheduleReconcile()
    await hasAllOnce(replica, committed)
  })

  it('are the same again when the stream loses more events than one statement takes', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 10)
    committed.push(...(await commitEvents(replica, 'lost', 1100)))
    await allPublished(replica, 1110)
    // The statements must stay short, however many rows there are.
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
    await hasAllOnce(replica, committed)
  })

  it('are the same again when the stream loses more than its last ten minutes', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 10)
    committed.push(...(await commitEvents(replica, 'lost', 450)))
    await allPublished(replica, 460)
    // One event in four seconds, so that the first page of the comparison alone covers more than ten minutes.
    await database.db.execute(
      sql`update ${outbox} set published_at = now() - interval '4 seconds' * (460 - stream_sequence)`,
    )
    await nats.losePower('everything')
    await backAt(replica)
    await hasAllOnce(replica, committed)
  })

  it('are the same again when the loss comes between an acknowledgement and its mark', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 1)
    await database.db.execute(sql`
      create function wait() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock(1);
        return new;
      end $$`)
    await database.db.execute(sql`
      create trigger wait before update on ${outbox} for each row
      when (new.published_at is not null) execute function wait()`)
    using marking = blockedWork()
    const holding = database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(1)`)
      committed.push(...(await commitEvents(replica, 'lost', 1)))
      await marking.released
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
    // A comparison that did not wait for the mark, and began earlier, would be done when this one is.
    assert.equal((await reconcile(database.open(), replica.broker, 'COUNTERS')).lost, 0)
    marking.release()
    await Promise.all([holding, swept])
    await hasAllOnce(replica, committed)
  })

  it('are compared when a service starts', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    const committed: string[] = []
    {
      await using replica = await testReplica(database, nats)
      committed.push(...(await commitEvents(replica, 'kept', 3)))
      await allPublished(replica, 3)
      await nats.takeSnapshot()
      await backAt(replica)
      committed.push(...(await commitEvents(replica, 'lost', 3)))
      await allPublished(replica, 6)
    }
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '2 days'`)
    await nats.losePower('everything')
    await using replica = await testReplica(database, nats)
    await hasAllOnce(replica, committed)
  })
})
