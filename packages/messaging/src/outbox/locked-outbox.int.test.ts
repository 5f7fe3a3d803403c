import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { stamp } from '../events/event.ts'
import { ensureStream } from '../nats/streams.ts'
import { outbox } from '../postgres/schema.ts'
import { cause, countersStream, raised } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { inList, lockRows } from '../testing/locked-rows.ts'
import { natsWithPowerFailures } from '../testing/power-failure.ts'
import {
  allPublished,
  backAt,
  commitBeforeSnapshot,
  commitEvents,
  hasAllOnce,
  publishedIn,
} from '../testing/published-events.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { pruneOutbox } from './outbox-table.ts'

/** Far shorter than a statement may wait for a lock. */
const soon = 5000

describe('locked rows of the outbox', { timeout: 120_000 }, () => {
  it('delay no mark of another event, and are published once', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const events = Array.from({ length: 20 }, (_, i) => stamp(raised(`k${i}`), cause(), new Date()))
    const ids = events.map(({ id }) => id)
    await replica.db.transaction((tx) => replica.outbox.append(tx, events))
    const sent: string[] = []
    replica.broker.connection.subscribe('counters.>', {
      callback: (_error, message) => sent.push(message.headers?.get('ce-id') ?? ''),
    })
    await using rows = await lockRows(database.url, `outbox where id ${inList(ids.slice(0, 3))}`)
    replica.outbox.publish(events)
    await eventually(async () => assert.equal((await publishedIn(replica)).length, 17), soon)
    // For several leases.
    for (const until = performance.now() + 1500; performance.now() < until; ) await replica.outbox.sweep()
    assert.equal(sent.length, 20)
    await rows.release()
    await hasAllOnce(replica, ids)
    assert.equal(sent.length, 23)
  })

  it('keep no other lost event from being published again, and are it when they are released', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 300)
    const lost = await commitEvents(replica, 'lost', 30)
    committed.push(...lost)
    await allPublished(replica, 330)
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '21 minutes'`)
    await using rows = await lockRows(database.url, `outbox where id ${inList(lost.slice(0, 3))}`)
    await nats.losePower('everything')
    await backAt(replica)
    await eventually(async () => {
      await replica.outbox.sweep()
      const { state } = await replica.broker.jsm.streams.info('COUNTERS')
      assert.equal(state.messages, 327)
    }, soon)
    // More than a page, and more than ten minutes, hide what is missing.
    committed.push(...(await commitEvents(replica, 'later', 500)))
    await allPublished(replica, 830)
    await database.db.execute(sql`
      update ${outbox} set published_at = published_at - interval '20 minutes' * (500 - number) / 500
      from (select id as later, row_number() over (order by stream_sequence) as number
        from ${outbox} where subject like '%later%') as numbered where id = later`)
    await rows.release()
    await hasAllOnce(replica, committed)
  })

  it('keep no other event from being published on a new stream', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const committed = await commitEvents(replica, 'k', 30)
    await allPublished(replica, 30)
    await using rows = await lockRows(database.url, `outbox where id ${inList(committed.slice(0, 3))}`)
    await replica.broker.jsm.streams.delete('COUNTERS')
    await ensureStream(replica.broker.jsm, countersStream, 1)
    replica.outbox.scheduleReconcile()
    await eventually(async () => {
      await replica.outbox.sweep()
      const { state } = await replica.broker.jsm.streams.info('COUNTERS')
      assert.equal(state.messages, 27)
    }, soon)
    await rows.release()
    replica.outbox.scheduleReconcile()
    await hasAllOnce(replica, committed)
  })

  it('are pruned later than the others', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const committed = await commitEvents(replica, 'k', 30)
    await allPublished(replica, 30)
    await using rows = await lockRows(database.url, `outbox where id ${inList(committed.slice(0, 3))}`)
    const begun = performance.now()
    await pruneOutbox(database.db, -60_000)
    assert.equal((await publishedIn(replica)).length, 3)
    assert.ok(performance.now() - begun < soon, 'it waited')
    await rows.release()
    await pruneOutbox(database.db, -60_000)
    assert.equal((await publishedIn(replica)).length, 0)
  })
})
