import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { natsWithFullDisk } from '@saucery/servers/testing/full-disk'
import { eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { commitEvents, hasAllOnce } from '../testing/published-events.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'

describe('an outbox whose broker has a full disk', { timeout: 120_000 }, () => {
  // 2.10 refuses each event with its reason, 2.15 leaves it without an answer.
  for (const version of ['2.10.26', '2.15.1'])
    it(`keeps its events, says so once, and publishes them when the broker stores again: ${version}`, async () => {
      await using database = await testDatabase()
      await using nats = await natsWithFullDisk(version)
      const log = countingLog()
      await using replica = await testReplica(database, nats, { log })
      const { outbox } = replica
      const committed = await commitEvents(replica, 'k', Math.ceil(nats.tooManyBytes / 300))
      await eventually(() => assert.equal(outbox.publishing(), 'stalled'))
      committed.push(...(await commitEvents(replica, 'later', 20)))
      await outbox.sweep()
      await outbox.sweep()
      assert.equal(outbox.publishing(), 'stalled')
      assert.equal(log.times('broker stores no events'), 1)
      assert.ok(log.times('broker still stores no events') > 0, 'it is tried')

      await nats.free()
      await nats.server.restart()
      await hasAllOnce(replica, committed)
      assert.equal(outbox.publishing(), 'publishing')
      assert.equal(log.times('broker stores events again'), 1)
      assert.equal(log.times('broker stores no events'), 1)
    })
})
