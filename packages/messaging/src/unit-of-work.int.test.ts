import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { count } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Database, Transaction } from './postgres/database.ts'
import { isLockTimeout } from './postgres/locks.ts'
import { inbox, outbox } from './postgres/schema.ts'
import {
  type CommitCounter,
  type Counter,
  cause,
  counterAggregate,
  counts,
  type Nudged,
  nudge,
  type Raised,
  raised,
} from './testing/counters.ts'
import { watchTraffic } from './testing/postgres-traffic.ts'
import { testReplica } from './testing/replica.ts'
import { testDatabase } from './testing/servers.ts'
import { unitOfWork } from './unit-of-work.ts'

const raise = (key: string, by = 1, handles = {}) => ({
  key,
  cause: cause(),
  decide: () => [raised(key, by)],
  ...handles,
})

const raiseFor = (event: { id: string }, key = 'k') => raise(key, 1, { handles: event })

const hasty = { everyMs: () => 0 }

async function rowsIn(db: Database, table: typeof inbox | typeof outbox): Promise<number> {
  const [row] = await db.select({ rows: count() }).from(table)
  return row?.rows ?? 0
}

describe('a unit of work', () => {
  it('commits a change with its events, and returns both', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const { state, events } = await replica.commit(raise('k', 3))
    assert.deepEqual(state, { id: 'k', count: 3 })
    assert.equal(events[0]?.subject, 'counters.raised.k')
    assert.deepEqual(await counts(database.db), { k: 3 })
    const [row] = await database.db.select().from(outbox)
    assert.equal(row?.id, events[0].id)
  })

  it('commits the neighbours of a change that the database refuses', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const amounts = [1, 2000, 2, 3]
    const settled = await Promise.allSettled(amounts.map((by, i) => replica.commit(raise(`k${i}`, by))))
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    const [, refused] = settled as [unknown, PromiseRejectedResult]
    assert.equal(refused.reason.code, '23514')
    assert.deepEqual(await counts(database.db), { k0: 1, k2: 2, k3: 3 })
    assert.equal(await rowsIn(database.db, outbox), 3)
  })

  it('changes nothing when a decision refuses, and commits its neighbours', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const refusing = {
      ...raiseFor(nudge('k')),
      decide: () => {
        throw new Error('refused')
      },
    }
    const [before, refused, after] = await Promise.allSettled([
      replica.commit(raise('k')),
      replica.commit(refusing),
      replica.commit(raise('k')),
    ])
    assert.deepEqual([before.status, refused.status, after.status], ['fulfilled', 'rejected', 'fulfilled'])
    assert.deepEqual(await counts(database.db), { k: 2 })
    assert.equal(await rowsIn(database.db, outbox), 2)
    assert.equal(await rowsIn(database.db, inbox), 0)
  })

  it('decides again about an event that was refused', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const event = nudge('k')
    let refusals = 1
    const change = {
      ...raiseFor(event),
      decide: () => {
        if (refusals-- > 0) throw new Error('refused')
        return [raised('k')]
      },
    }
    await assert.rejects(replica.commit(change), /refused/)
    await replica.commit(change)
    assert.deepEqual(await counts(database.db), { k: 1 })
  })

  it('handles an event once that comes twice in one batch', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const event = nudge('k')
    await Promise.all([1, 2, 3].map(() => replica.commit(raiseFor(event))))
    assert.deepEqual(await counts(database.db), { k: 1 })
    assert.equal(await rowsIn(database.db, outbox), 1)
  })

  it('handles an event once that comes in several batches, at once and later', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats, { limits: { ...hasty, size: 1, concurrency: 4 } })
    const event = nudge('k')
    await Promise.all([1, 2, 3, 4].map(() => replica.commit(raiseFor(event))))
    await replica.commit(raiseFor(event))
    assert.deepEqual(await counts(database.db), { k: 1 })
  })

  it('handles an event once that comes to two replicas', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using one = await testReplica(database, nats)
    await using other = await testReplica(database, nats)
    const events = Array.from({ length: 50 }, () => nudge('k'))
    const both = (event: { id: string }) => [one, other].map(({ commit }) => commit(raiseFor(event)))
    await Promise.all(events.flatMap(both))
    assert.deepEqual(await counts(database.db), { k: 50 })
  })

  it('twenty first events at once make one state', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const limits = { ...hasty, size: 1, concurrency: 5 }
    await using one = await testReplica(database, nats, { limits })
    await using other = await testReplica(database, nats, { limits })
    const twenty = Array.from({ length: 10 }, () => [one, other]).flat()
    await Promise.all(twenty.map(({ commit }) => commit(raise('k'))))
    assert.deepEqual(await counts(database.db), { k: 20 })
  })

  it('commits a request beside a backlog of events', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats, {
      limits: { size: 4, concurrency: 1, everyMs: () => 0 },
    })
    const committed: string[] = []
    const commit = (change: ReturnType<typeof raise>) =>
      replica.commit(change).then(() => committed.push(change.key))
    const backlog = Array.from({ length: 60 }, (_, i) => commit(raiseFor(nudge('old'), `old-${i}`)))
    const request = commit(raise('new'))
    await request
    assert.equal(committed.length < 12, true, `${committed.length} events first`)
    await Promise.all(backlog)
  })

  it('does not deadlock with a replica that locks the same keys in another order', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    const limits = { ...hasty, size: 20, concurrency: 4 }
    await using one = await testReplica(database, nats)
    await using other = await testReplica(database, nats)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    const rounds = 20
    // Without this, a deadlock would go unnoticed: the failed batch is repeated change by change.
    const failures: unknown[] = []
    const watched = (db: Database): Database =>
      Object.assign(Object.create(db), {
        transaction: (run: (tx: Transaction) => Promise<unknown>) =>
          db.transaction(run).catch((error) => {
            // On a busy machine a lock may be held for longer than a group waits.
            if (!isLockTimeout(error)) failures.push(error)
            throw error
          }),
      })
    const commits = [one, other].map(({ db, outbox }) =>
      unitOfWork<Counter, Raised, Raised | Nudged>(watched(db), outbox, counterAggregate, limits),
    )
    const repeatedly = async (commit: CommitCounter, keys: string[]) => {
      for (let round = 0; round < rounds; round++) await Promise.all(keys.map((key) => commit(raise(key))))
    }
    await Promise.all(
      commits.flatMap((commit) => [keys, keys.toReversed()].map((k) => repeatedly(commit, k))),
    )
    assert.deepEqual(failures, [])
    assert.deepEqual(await counts(database.db), Object.fromEntries(keys.map((key) => [key, 4 * rounds])))
  })

  it('writes nothing before it knows that its transaction has begun', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    using traffic = watchTraffic(database.url)
    // Until each connection of the pool has prepared the statements.
    for (let i = 0; i < 30; i++) await replica.commit(raiseFor(nudge('k')))
    traffic.take()
    await replica.commit(raiseFor(nudge('k')))
    const writes = traffic.take().writes.map((statements) => statements.map(({ text }) => text.trim()))
    const first = writes.findIndex((texts) => texts.includes('begin'))
    const kinds = [first, first + 1].map((i) => writes[i]?.map((text) => text.split(/\s/)[0]))
    assert.deepEqual(kinds, [
      ['begin', 'with', 'select', 'select'],
      ['insert', 'insert', 'insert', 'commit'],
    ])
  })

  it('sends as many statements for a hundred changes as for one', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    let statements = 0
    const client = postgres(database.url)
    const db = drizzle({ client, logger: { logQuery: () => void statements++ } })
    const commit = unitOfWork<Counter, Raised, Raised | Nudged>(db, replica.outbox, counterAggregate)
    async function statementsOf(changes: number): Promise<number> {
      statements = 0
      const some = Array.from({ length: changes }, (_, i) => raiseFor(nudge(`k${i}`), `k${i}`))
      await Promise.all(some.map(commit))
      return statements
    }
    const alone = await statementsOf(1)
    const together = await statementsOf(100)
    await client.end()
    assert.ok(alone > 0)
    assert.equal(together, alone)
  })
})
