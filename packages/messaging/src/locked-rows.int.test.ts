import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { KeyBusy } from './postgres/locks.ts'
import { allAcknowledged, consume, deadLettersIn } from './testing/consumer.ts'
import { cause, counts, nudge, raised, raiseOn } from './testing/counters.ts'
import { eventually } from './testing/eventually.ts'
import { inList, lockRows } from './testing/locked-rows.ts'
import { publishEvent } from './testing/messages.ts'
import { testReplica } from './testing/replica.ts'
import { testDatabase } from './testing/servers.ts'

const lockedKeys = Array.from({ length: 10 }, (_, i) => `locked${i}`)
const locked = `counters where id ${inList(lockedKeys)}`
const raise = (key: string, by = 1) => ({ key, cause: cause(), decide: () => [raised(key, by)] })

describe('locked rows', () => {
  it('hold up no other change, and are changed when they are released', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const { commit } = replica
    await Promise.all(lockedKeys.map((key) => commit(raise(key))))
    await using rows = await lockRows(database.url, locked)
    const refused: unknown[] = []
    let isReleased = false
    /** As clients do that try again. */
    const insist = async (key: string): Promise<void> => {
      for (;;)
        try {
          await commit(raise(key))
          return
        } catch (error) {
          assert.ok(error instanceof KeyBusy, String(error))
          assert.equal(isReleased, false)
          refused.push(error)
        }
    }
    const insisting = Promise.all(lockedKeys.map(insist))
    const tookMs: number[] = []
    for (let round = 0; round < 40; round++)
      await Promise.all(
        Array.from({ length: 25 }, async (_, i) => {
          const begun = performance.now()
          await commit(raise(`free${round}-${i}`))
          tookMs.push(performance.now() - begun)
        }),
      )
    assert.equal(tookMs.length, 1000)
    const slow = tookMs.filter((ms) => ms > 1000).length
    assert.ok(slow <= 50, `${slow} of 1000 waited longer than a second`)
    await eventually(() => assert.equal(refused.length >= 10, true))
    isReleased = true
    await rows.release()
    await insisting
    const after = await counts(database.db)
    for (const key of lockedKeys) assert.equal(after[key], 2)
    assert.equal(Object.keys(after).length, 1010)
  })

  it('use up no tries of their messages, and hold up no other message', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    await Promise.all(lockedKeys.map((key) => replica.commit(raise(key))))
    await using rows = await lockRows(database.url, locked)
    await using _consumers = await consume(replica.broker, raiseOn(replica.commit), { maxTries: 1 })
    for (const key of lockedKeys) await publishEvent(replica.broker, nudge(key))
    for (let i = 0; i < 300; i++) await publishEvent(replica.broker, nudge(`free${i}`))
    await eventually(async () => assert.equal(Object.keys(await counts(database.db)).length, 310))
    await rows.release()
    await allAcknowledged(replica.broker)
    const after = await counts(database.db)
    for (const key of lockedKeys) assert.equal(after[key], 2)
    assert.deepEqual(await deadLettersIn(replica.broker), [])
  })
})

describe('a key whose changes always fail', () => {
  it('spoils one group of its neighbours, and then fails alone', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const transactionsOf = async () => {
      await database.db.execute('select pg_stat_force_next_flush()')
      const [row] = await database.db.execute<{ n: number }>(
        `select xact_rollback::int as n from pg_stat_database where datname = current_database()`,
      )
      return row?.n ?? 0
    }
    const round = async (i: number) => {
      const bad = replica.commit(raise('bad', 2000)).then(
        () => assert.fail('committed'),
        (error) => assert.equal(error.code, '23514'),
      )
      await Promise.all([bad, ...[1, 2, 3].map((n) => replica.commit(raise(`good${i}-${n}`)))])
    }
    for (let i = 0; i < 5; i++) await round(i)
    assert.ok((await transactionsOf()) <= 6 + 1, 'a group was rolled back for it more than once')
    assert.equal(Object.keys(await counts(database.db)).length, 15)
  })
})
