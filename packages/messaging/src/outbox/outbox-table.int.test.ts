import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { streamCreatedAt } from '../nats/streams.ts'
import { allPublished, commitEvents, publishedIn } from '../testing/published-events.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { publishedBefore, unpublish } from './outbox-table.ts'

describe('an event that the stream has lost', () => {
  it('stays published when another replica published it again after it was looked up', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const { db } = replica
    await commitEvents(replica, 'k', 2)
    await allPublished(replica, 2)
    const created = streamCreatedAt(await replica.broker.jsm.streams.info('COUNTERS'))
    const lost = await publishedBefore(db, created)
    assert.equal(lost.length, 2)
    const [again] = lost
    await db.execute(`update outbox set stream_sequence = 7 where id = '${again?.id}'`)

    assert.deepEqual(await unpublish(db, created, lost), { unpublished: 1, locked: [] })
    assert.deepEqual(
      (await publishedIn(replica)).map(({ id }) => id),
      [again?.id],
    )
  })
})
