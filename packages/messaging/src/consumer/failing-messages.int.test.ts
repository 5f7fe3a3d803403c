import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { postgresDeadLetters } from '../dead-letters/postgres-store.ts'
import { handledAmong } from '../inbox/inbox.ts'
import type { Database } from '../postgres/database.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, nudge, raiseOn } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'
import { failingOf } from './failing-messages.ts'
import type { FailingStore } from './failing-store.ts'
import { postgresFailing, pruneFailing } from './failing-table.ts'
import type { HandledState } from './policy.ts'

const stateIn = (db: Database, failing: FailingStore = postgresFailing(db)): HandledState => ({
  handledAmong: (events) => handledAmong(db, events),
  deadLetters: postgresDeadLetters(db),
  failing,
})

const fails = () => Promise.reject(new Error('the price list\nis \u0000 empty'))
const isNow = (time = '') => assert.ok(Math.abs(Date.parse(time) - Date.now()) < 40_000, time)

describe('a message that fails', () => {
  it('is told by every replica, with its tries, also when the one in which it failed is gone', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using lame = await testReplica(database, nats)
    await using well = await testReplica(database, nats)
    const state = stateIn(well.db)
    const event = nudge('k')
    {
      await using _lame = await consume(lame.broker, fails, { state: stateIn(lame.db) })
      await publishEvent(lame.broker, event)
      const [told, ...others] = await eventually(async () => {
        const found = await failingOf(state, 'k')
        assert.ok((found[0]?.tries ?? 0) >= 2, `${found[0]?.tries} tries`)
        return found
      })
      assert.deepEqual(others, [])
      const { id: _, tries: __, failedAt, nextTryAt, ...what } = told ?? ({} as never)
      const error = 'Error: the price list is   empty'
      assert.deepEqual(what, {
        event: 'Nudged',
        eventId: event.id,
        stream: 'NUDGES',
        streamSequence: 1,
        error,
      })
      isNow(failedAt)
      assert.ok((nextTryAt ?? '') > (failedAt ?? ''), 'a next try')
      // As kill -9 does: nothing is tidied up.
      await lame.broker.connection.close()
    }
    assert.equal((await failingOf(state, 'k')).length, 1)
    await using _well = await consume(well.broker, raiseOn(well.commit), { state })
    await allAcknowledged(well.broker)
    await eventually(async () => assert.deepEqual(await state.failing?.ofKey('k', 1), []))
    assert.deepEqual(await counts(database.db), { k: 1 })
  })

  it('is told no longer once it is handled or buried, although the replica was killed before it could say so', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const failing = { ...postgresFailing(replica.db), remove: async () => {} }
    const state = stateIn(replica.db, failing)
    let tries = 0
    const raise = raiseOn(replica.commit)
    const handle: typeof raise = async (event) =>
      event.subject.endsWith('poison') || ++tries === 1 ? fails() : raise(event)
    await using _consumers = await consume(replica.broker, handle, { state, maxTries: 2 })
    await publishEvent(replica.broker, nudge('poison'))
    await publishEvent(replica.broker, nudge('k'))
    await allAcknowledged(replica.broker)
    assert.deepEqual(await counts(database.db), { k: 1 })
    for (const key of ['k', 'poison']) {
      assert.equal((await failing.ofKey(key, 9)).length, 1)
      assert.deepEqual(await failingOf(state, key), [])
    }
    await database.db.execute(`update failing_messages set next_try_at = now() - interval '2 hours'`)
    await pruneFailing(database.db)
    assert.deepEqual(await failing.ofKey('k', 9), [])
  })

  it('is handled, retried and buried as ever while it cannot be recorded', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const failing: FailingStore = {
      add: () => Promise.reject(new Error('no room')),
      remove: () => new Promise(() => {}),
      ofKey: async () => [],
    }
    const raise = raiseOn(replica.commit)
    let tries = 0
    const handle: typeof raise = async (event) =>
      event.subject.endsWith('poison') || ++tries === 1 ? fails() : raise(event)
    await using _consumers = await consume(replica.broker, handle, {
      state: stateIn(replica.db, failing),
      maxTries: 2,
    })
    await publishEvent(replica.broker, nudge('poison'))
    await publishEvent(replica.broker, nudge('k'))
    await allAcknowledged(replica.broker)
    assert.deepEqual(await counts(database.db), { k: 1 })
    assert.equal((await deadLettersIn(replica.broker)).length, 1)
  })
})
