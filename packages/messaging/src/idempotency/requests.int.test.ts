import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { outbox, requests } from '../postgres/schema.ts'
import { counterAggregate, counts, type Nudged, type Raised, raised } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { lockRows } from '../testing/locked-rows.ts'
import { requestReplicas } from '../testing/request-replicas.ts'
import { beforeCommit, type Raise, refusalOf, requested, storedAnswerTo } from '../testing/requests.ts'
import { unitOfWork } from '../unit-of-work.ts'
import { pruneRequests } from './requests.ts'

const { database, db, one, other } = await requestReplicas()

const unitOn = (database: typeof db, limits = {}) =>
  unitOfWork<{ id: string; count: number }, Raised, Raised | Nudged>(
    database,
    one.outbox,
    counterAggregate,
    limits,
  )

const storedRequests = async () => (await db.select().from(requests)).length

describe('a request', () => {
  it('that is repeated gets the first answer, at any replica, and changes nothing', async () => {
    const first = await one.commit(requested('a'))
    assert.deepEqual(first.stored, { answer: { count: 1, event: first.events[0]?.id }, isFinal: true })
    for (const { commit } of [one, other]) {
      const again = await commit(requested('a'))
      assert.deepEqual(again, { state: undefined, events: [], stored: first.stored })
    }
    assert.deepEqual(await counts(db), { k: 1 })
    assert.equal((await db.select().from(outbox)).length, 1)
  })

  it('that is made fifty times at once, at two replicas, makes one change', async () => {
    // One change per transaction, several at once, each for a counter of its own, as for a new order: only the
    // request's lock orders them.
    const limits = { everyMs: () => 0, size: 1, concurrency: 4 }
    const replicas = [one.commit, other.commit, unitOn(one.db, limits), unitOn(other.db, limits)]
    for (let round = 0; round < 5; round++) {
      const fifty = Array.from({ length: 50 }, (_, i) =>
        replicas[i % replicas.length]?.(requested(`round ${round}`, {}, `${round}, try ${i}`)),
      )
      const settled = await Promise.allSettled(fifty)
      const answers = settled.flatMap((one) =>
        one.status === 'fulfilled' ? JSON.stringify(one.value?.stored) : [],
      )
      assert.equal(new Set(answers).size, 1)
      for (const one of settled)
        if (one.status === 'rejected') assert.equal(one.reason.code, 'request-in-progress')
    }
    assert.deepEqual(Object.values(await counts(db)), [1, 1, 1, 1, 1])
  })

  it('is refused when its key was used for something else', async () => {
    const differing = requested('a', { fingerprint: 'lower' })
    const together = await Promise.allSettled([one.commit(requested('a')), one.commit(differing)])
    assert.deepEqual(
      together.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    assert.equal(await refusalOf(other.commit(differing)), 'idempotency-key-reused')
    assert.deepEqual(await counts(db), { k: 1 })
  })

  it('is another request when another caller chose the same key', async () => {
    await Promise.all([one.commit(requested('a')), one.commit(requested('a', { scope: 'somebody else' }))])
    assert.deepEqual(await counts(db), { k: 2 })
  })

  it('is refused while it is in progress, and delays no other', async () => {
    let reachCommit = () => {}
    let end = () => {}
    const reached = new Promise<void>((resolve) => {
      reachCommit = resolve
    })
    const held = new Promise<void>((resolve) => {
      end = resolve
    })
    const slow = unitOn(
      beforeCommit(db, () => {
        reachCommit()
        return held
      }),
    )
    const first = storedAnswerTo(slow, requested('a'))
    await reached
    const [refused, neighbour] = await Promise.allSettled([
      other.commit(requested('a', {}, 'of another counter')),
      other.commit(requested('b', {}, 'a third')),
    ])
    end()
    assert.equal((refused as PromiseRejectedResult).reason.code, 'request-in-progress')
    assert.equal(neighbour.status, 'fulfilled')
    const answer = await first
    assert.deepEqual(await storedAnswerTo(other.commit, requested('a')), answer)
  })

  it('whose row is locked is refused at once, and delays no other', async () => {
    const lapsed = requested('a', { finalWithinMs: 1 })
    await one.commit(lapsed)
    await eventually(async () =>
      assert.equal((await db.execute('select 1 from requests where leased_until < now()')).length, 1),
    )
    await using row = await lockRows(database.url, "requests where key = 'a'")
    const begun = performance.now()
    const [refused, ...neighbours] = await Promise.allSettled([
      other.commit(requested('a', {}, 'of another counter')),
      ...['b', 'c'].map((key) => other.commit(requested(key, {}, `of ${key}`))),
    ])
    assert.ok(performance.now() - begun < 5000, 'somebody waited')
    assert.equal((refused as PromiseRejectedResult).reason.code, 'request-in-progress')
    for (const { status } of neighbours) assert.equal(status, 'fulfilled')
    await row.release()
    assert.deepEqual((await storedAnswerTo(other.commit, requested('a')))?.isFinal, true)
  })

  it('leaves no trace when the process dies before the commit', async () => {
    const dying = unitOn(
      beforeCommit(db, async (tx) => {
        const [connection] = await tx.execute<{ pid: number }>('select pg_backend_pid() as pid')
        await db.execute(`select pg_terminate_backend(${connection?.pid})`)
        await new Promise(() => {})
      }),
    )
    await assert.rejects(dying(requested('a')))
    assert.equal(await storedRequests(), 0)
    assert.deepEqual(await counts(db), {})
    assert.deepEqual((await storedAnswerTo(other.commit, requested('a')))?.isFinal, true)
    assert.deepEqual(await counts(db), { k: 1 })
  })

  it('that the database refuses can be repeated', async () => {
    const tooMuch: Raise = { ...requested('a'), decide: () => [raised('k', 2000)] }
    await assert.rejects(one.commit(tooMuch))
    assert.equal(await storedRequests(), 0)
    await one.commit(requested('a'))
    assert.deepEqual(await counts(db), { k: 1 })
  })
})

describe('a refusal', () => {
  const refusing = (changed: Partial<Raise['request']> = {}): Raise => ({
    ...requested('a', changed),
    decide: () => {
      throw new Error('too late')
    },
  })

  it('is an answer too, and a repeat gets it even if it would no longer be refused', async () => {
    const answered = { answer: { refused: 'too late' }, isFinal: true }
    assert.deepEqual(await storedAnswerTo(one.commit, refusing({ finalWithinMs: 1000 })), answered)
    assert.deepEqual(await storedAnswerTo(other.commit, requested('a')), answered)
    assert.deepEqual(await counts(db), {})
  })

  it('that has no answer is thrown and not stored', async () => {
    await assert.rejects(one.commit(refusing({ answer: () => undefined })), /too late/)
    assert.equal(await storedRequests(), 0)
  })
})

describe('the table of requests', () => {
  it('is used only by requests with a key, in as many statements for a hundred as for one', async () => {
    const statements: string[] = []
    const client = postgres(database.url)
    const commit = unitOn(drizzle({ client, logger: { logQuery: (text) => void statements.push(text) } }))
    async function statementsOf(changes: Raise[]): Promise<number> {
      statements.length = 0
      await Promise.all(changes.map(commit))
      return statements.filter((text) => /requests|try_advisory/.test(text)).length
    }
    const hundred = Array.from({ length: 100 }, (_, i) => requested(`${i}`, {}, `k${i}`))
    assert.equal(await statementsOf([requested('a')]), 3)
    assert.equal(await statementsOf(hundred), 3)
    assert.equal(await statementsOf(hundred.map((change) => ({ ...change, request: undefined }))), 0)
    assert.equal(await storedRequests(), 101)
    await client.end()
  })

  it('is pruned of requests older than the retention', async () => {
    await one.commit(requested('old'))
    await one.commit(requested('new'))
    await db.execute(`update requests set created_at = now() - interval '2 hours' where key = 'old'`)
    await pruneRequests(db, 3_600_000)
    assert.deepEqual(
      (await db.select().from(requests)).map(({ key }) => key),
      ['new'],
    )
    await one.commit(requested('old'))
    assert.deepEqual(await counts(db), { k: 3 })
  })
})
