import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { outbox } from '../postgres/schema.ts'
import { natsWithPowerFailures } from '../testing/power-failure.ts'
import {
  allPublished,
  backAt,
  commitBeforeSnapshot,
  commitEvents,
  hasAllOnce,
  idsIn,
  publishedIn,
} from '../testing/published-events.ts'
import { testReplica } from '../testing/replica.ts'
import { testBroker, testDatabase } from '../testing/servers.ts'
import { reconcile } from './reconciler.ts'

describe('how far back an outbox and its stream', { timeout: 120_000 }, () => {
  it('are compared below what other replicas have published since the loss', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 300)
    committed.push(...(await commitEvents(replica, 'lost', 5)))
    await allPublished(replica, 305)
    await nats.losePower('everything')
    // A replica that never sweeps, and so never compares.
    await using other = await testReplica(database, nats)
    committed.push(...(await commitEvents(other, 'later', 500)))
    await allPublished(other, 805)
    await hasAllOnce(replica, committed)
  })

  it('are the same again after a loss that no client has noticed, below what was published since', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 300)
    committed.push(...(await commitEvents(replica, 'lost', 5)))
    await allPublished(replica, 305)
    const { db, broker } = replica
    await db.execute(sql`update ${outbox} set published_at = published_at - interval '3 minutes'`)
    const { anchor } = await reconcile(db, broker, 'COUNTERS')
    assert.ok(anchor, 'no anchor')
    await nats.losePower('everything')
    // A replica that never sweeps, and so never compares.
    await using other = await testReplica(database, nats)
    committed.push(...(await commitEvents(other, 'later', 500)))
    await allPublished(other, 805)
    // More than a page, and more than a minute, hide what is missing.
    await db.execute(sql`update ${outbox} set published_at = published_at - interval '3 minutes'
      * (500 - row_number) / 500 from (select id as later, row_number() over (order by stream_sequence)
      from ${outbox} where subject like '%later%') as numbered where id = later`)
    await backAt(replica)
    assert.equal((await reconcile(db, broker, 'COUNTERS', { anchor, isThorough: false })).lost, 5)
    await hasAllOnce(replica, committed)
  })

  it('are compared at the first time by signs that lie below what was published since', async () => {
    await using database = await testDatabase()
    await using nats = await natsWithPowerFailures()
    await using replica = await testReplica(database, nats)
    const committed = await commitBeforeSnapshot(replica, nats, 10)
    committed.push(...(await commitEvents(replica, 'lost', 5)))
    await allPublished(replica, 15)
    await database.db.execute(sql`update ${outbox} set published_at = published_at - interval '5 minutes'`)
    await nats.losePower('everything')
    await using other = await testReplica(database, nats)
    committed.push(...(await commitEvents(other, 'later', 500)))
    await allPublished(other, 515)
    await backAt(replica)
    assert.equal((await reconcile(database.open(), replica.broker, 'COUNTERS')).lost, 5)
    await hasAllOnce(replica, committed)
  })

  it('are compared by the newest rows, and one row of each second before, when nothing is missing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const committed = await commitEvents(replica, 'k', 3000)
    await allPublished(replica, 3000)
    await database.db.execute(
      sql`update ${outbox} set published_at = published_at - interval '1 second' * stream_sequence`,
    )
    await using observer = await testBroker(nats.url, { name: 'observer' })
    let lookedUp = 0
    observer.connection.subscribe('$JS.API.STREAM.MSG.GET.COUNTERS', {
      callback() {
        lookedUp += 1
      },
    })
    await observer.connection.flush()
    assert.equal(await replica.outbox.sweep(), 0)
    assert.equal(await replica.outbox.sweep(), 0)
    await observer.connection.flush()
    assert.ok(lookedUp >= 200 && lookedUp <= 810, String(lookedUp))
    assert.equal((await publishedIn(replica)).length, committed.length)
  })

  it('may differ by what the stream’s own limits removed', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await replica.broker.jsm.streams.update('COUNTERS', { max_msgs: 10 })
    await commitEvents(replica, 'k', 30)
    await allPublished(replica, 30)
    assert.equal(await replica.outbox.sweep(), 0)
    assert.equal((await idsIn(replica)).length, 10)
  })

  for (const isThorough of [true, false])
    it(`are the same again though the database’s clock was set back, ${isThorough ? 'all rows' : 'signs'} compared`, async () => {
      await using database = await testDatabase()
      await using nats = await natsWithPowerFailures()
      await using replica = await testReplica(database, nats)
      const committed = await commitBeforeSnapshot(replica, nats, 300)
      // More than a page, and more than a minute, of what was published before.
      await database.db.execute(sql`update ${outbox}
        set published_at = now() + interval '2 hours' - interval '1 second' * (300 - stream_sequence)`)
      committed.push(...(await commitEvents(replica, 'lost', 5)))
      await allPublished(replica, 305)
      await nats.losePower('everything')
      await backAt(replica)
      assert.equal((await reconcile(database.open(), replica.broker, 'COUNTERS', { isThorough })).lost, 5)
      await hasAllOnce(replica, committed)
    })
})
