import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import type { ReceivedEvent } from '../events/event.ts'
import { handledAmong, pruneInbox, recordReprocessed } from '../inbox/inbox.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, Nudged, nudge, raiseOn } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { held } from '../testing/held.ts'
import { publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { type TestDatabase, testBroker, testDatabase } from '../testing/servers.ts'
import { ReprocessingFailed } from './publish.ts'
import { type DeadLetter, readDeadLetters } from './reader.ts'

describe('a dead letter that is handled again', () => {
  let nats: TestServer
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
  })
  beforeEach(async () => {
    nats = await testNats()
    for (const table of ['counters', 'outbox', 'inbox'])
      await database.db.execute(sql.raw(`delete from ${table}`))
  })
  afterEach(() => nats[Symbol.asyncDispose]())
  after(() => database[Symbol.asyncDispose]())

  /** Why handling fails, as long as it is there. */
  interface Cause {
    isThere: boolean
  }
  const itIs = (): Cause => ({ isThere: true })

  type Replica = Awaited<ReturnType<typeof testReplica>>

  const buggy =
    ({ commit }: Replica, bug: Cause) =>
    async (event: ReceivedEvent<Nudged>) => {
      if (bug.isThere) throw new Error('a bug')
      await raiseOn(commit)(event)
    }

  const onlyLetter = async (replica: Replica): Promise<DeadLetter> => {
    const { deadLetters } = await eventually(async () => {
      const page = await readDeadLetters(replica.broker, { limit: 10 })
      assert.equal(page.deadLetters.length, 1)
      return page
    })
    return deadLetters[0] as DeadLetter
  }

  it('takes effect once the bug is gone; until then it says why not, and nothing changes', async () => {
    await using replica = await testReplica(database, nats)
    const bug = itIs()
    await using listener = await consume(replica.broker, buggy(replica, bug), { maxTries: 1 })
    const event = nudge('k', 7)
    await publishEvent(replica.broker, event)
    const letter = await onlyLetter(replica)
    assert.equal(letter.eventId, event.id)

    const again = listener.reprocess(letter)
    await assert.rejects(
      again,
      (error) => error instanceof ReprocessingFailed && error.message === 'Error: a bug',
    )
    assert.deepEqual(await counts(replica.db), {})

    bug.isThere = false
    await listener.reprocess(letter)
    assert.deepEqual(await counts(replica.db), { k: 7 })
    assert.deepEqual(await handledAmong(replica.db, [letter, { eventId: 'another' }]), new Set([event.id]))
    assert.equal((await deadLettersIn(replica.broker)).length, 1)
  })

  it('takes effect once, however often and at whichever replica it is asked for', async () => {
    await using one = await testReplica(database, nats)
    await using two = await testReplica(database, nats)
    const bug = itIs()
    await using first = await consume(one.broker, buggy(one, bug), { maxTries: 1 })
    await using second = await consume(two.broker, buggy(two, bug), { maxTries: 1 })
    await publishEvent(one.broker, nudge('k'))
    const letter = await onlyLetter(one)
    bug.isThere = false
    const replicas = [first, second, first, second, first, second]
    await Promise.all(replicas.map((replica) => replica.reprocess(letter)))
    assert.deepEqual(await counts(one.db), { k: 1 })
    const rows = await one.db.execute(sql`select id from outbox`)
    assert.equal(rows.length, 1)
  })

  it('takes effect once also when the process dies after the commit, and somebody asks again', async () => {
    await using one = await testReplica(database, nats)
    await using two = await testReplica(database, nats)
    const bug = itIs()
    const death = itIs()
    const dying = async (event: ReceivedEvent<Nudged>) => {
      await buggy(one, bug)(event)
      if (death.isThere) throw new Error('died')
    }
    await using first = await consume(one.broker, dying, { maxTries: 1 })
    await using second = await consume(two.broker, dying, { maxTries: 1 })
    await publishEvent(one.broker, nudge('k'))
    const letter = await onlyLetter(one)
    bug.isThere = false
    await assert.rejects(first.reprocess(letter))
    death.isThere = false
    await second.reprocess(letter)
    assert.deepEqual(await counts(one.db), { k: 1 })
  })

  it('is read anew: what no version knew is handled by one that knows it', async () => {
    await using replica = await testReplica(database, nats)
    const old = await consume(replica.broker, raiseOn(replica.commit))
    await publishEvent(replica.broker, nudge('k', 5), { headers: { 'ce-dataschema': 'urn:event:Nudged:2' } })
    const letter = await onlyLetter(replica)
    assert.equal(letter.error, 'Unprocessable: Nudged has no version 2')
    await assert.rejects(old.reprocess(letter), /no version 2/)
    await old.stop()

    const newer = { ...Nudged, version: 2, read: (_: number, data: unknown) => data as Nudged['data'] }
    await using released = await consume(replica.broker, raiseOn(replica.commit), {
      subscriptions: [{ stream: 'NUDGES', events: [newer] }],
    })
    await released.reprocess(letter)
    assert.deepEqual(await counts(replica.db), { k: 5 })
  })

  it('is nobody’s, when the service no longer hears its stream', async () => {
    await using replica = await testReplica(database, nats)
    await using listener = await consume(replica.broker, () => Promise.reject(new Error('a bug')), {
      maxTries: 1,
    })
    await publishEvent(replica.broker, nudge('k'))
    const letter = await onlyLetter(replica)
    await assert.rejects(listener.reprocess({ ...letter, stream: 'OTHERS' }), /unknown event/)
  })

  it('has its place in the original stream, and waits for what is in hand of its key', async () => {
    await using broker = await testBroker(nats.url)
    const seen: string[] = []
    const bug = itIs()
    using work = held()
    await using listener = await consume(
      broker,
      async ({ stream, sequence }) => {
        if (bug.isThere) throw new Error('a bug')
        if (sequence === 2) await work.until
        seen.push(`${stream} ${sequence}`)
      },
      { maxTries: 1 },
    )
    await publishEvent(broker, nudge('k'))
    await allAcknowledged(broker)
    const [letter] = (await readDeadLetters(broker, { limit: 1 })).deadLetters
    bug.isThere = false
    await publishEvent(broker, nudge('k'))
    await eventually(async () => {
      const [lag] = await listener.lag()
      assert.deepEqual(lag, {
        stream: 'NUDGES',
        durable: 'counter',
        pending: 0,
        ackPending: 1,
        redelivered: 0,
      })
    })
    const again = listener.reprocess(letter as DeadLetter)
    work.release()
    await again
    assert.deepEqual(seen, ['NUDGES 2', 'NUDGES 1'])
  })

  it('is known as handled for longer than its event is remembered', async () => {
    const { db } = database
    const { id } = nudge('k')
    await db.execute(sql`insert into inbox (id) values (${id})`)
    await recordReprocessed(db, id)
    await recordReprocessed(db, id)
    await pruneInbox(db, -60_000)
    const rows = await db.execute<{ id: string }>(sql`select id from inbox`)
    assert.deepEqual([...rows], [{ id: `letter:${id}` }])
    assert.deepEqual(await handledAmong(db, [{ eventId: id }]), new Set([id]))
  })
})
