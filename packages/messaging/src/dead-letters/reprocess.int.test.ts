import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import type { ReceivedEvent } from '../events/event.ts'
import { handledAmong, pruneInbox, recordReprocessed } from '../inbox/inbox.ts'
import { KeyBusy } from '../postgres/locks.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, Nudged, nudge, raiseOn } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { lockRows } from '../testing/locked-rows.ts'
import { publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { type TestDatabase, testBroker, testDatabase } from '../testing/servers.ts'
import { ReprocessingFailed } from './publish.ts'
import { type DeadLetter, readDeadLetters } from './reader.ts'

describe('a dead letter that is reprocessed', () => {
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

  /** Handling fails while it is there. */
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

  const onlyDeadLetter = async (replica: Replica): Promise<DeadLetter> => {
    const { deadLetters } = await eventually(async () => {
      const page = await readDeadLetters(replica.broker, { limit: 10 })
      assert.equal(page.deadLetters.length, 1)
      return page
    })
    return deadLetters[0] as DeadLetter
  }

  it('takes effect once the bug is fixed; until then it fails with the reason, and nothing changes', async () => {
    await using replica = await testReplica(database, nats)
    const bug = itIs()
    await using consumers = await consume(replica.broker, buggy(replica, bug), { maxTries: 1 })
    const event = nudge('k', 7)
    await publishEvent(replica.broker, event)
    const deadLetter = await onlyDeadLetter(replica)
    assert.equal(deadLetter.eventId, event.id)

    const again = consumers.reprocess(deadLetter)
    await assert.rejects(
      again,
      (error) => error instanceof ReprocessingFailed && error.message === 'Error: a bug',
    )
    assert.deepEqual(await counts(replica.db), {})

    bug.isThere = false
    await consumers.reprocess(deadLetter)
    assert.deepEqual(await counts(replica.db), { k: 7 })
    assert.deepEqual(
      await handledAmong(replica.db, [deadLetter, { eventId: 'another' }]),
      new Set([event.id]),
    )
    assert.equal((await deadLettersIn(replica.broker)).length, 1)
  })

  it('fails with the error of the store while that is away, so that the request can be repeated', async () => {
    await using replica = await testReplica(database, nats)
    const bug = itIs()
    const away = new Error('the store is away')
    const handle = async () => {
      throw bug.isThere ? new Error('a bug') : away
    }
    const isOutage = (error: unknown) => error === away
    await using consumers = await consume(replica.broker, handle, { maxTries: 1, isOutage })
    await publishEvent(replica.broker, nudge('k'))
    const deadLetter = await onlyDeadLetter(replica)
    bug.isThere = false
    await assert.rejects(consumers.reprocess(deadLetter), away)
  })

  it('is busy while the row of its key is locked, so that the request can be repeated', async () => {
    await using replica = await testReplica(database, nats)
    const bug = itIs()
    await using consumers = await consume(replica.broker, buggy(replica, bug), { maxTries: 1 })
    const event = nudge('k')
    await raiseOn(replica.commit)({ ...event, id: 'another' } as ReceivedEvent<Nudged>)
    await publishEvent(replica.broker, event)
    const deadLetter = await onlyDeadLetter(replica)
    bug.isThere = false
    await using row = await lockRows(database.url, "counters where id = 'k'")
    await assert.rejects(consumers.reprocess(deadLetter), KeyBusy)
    await row.release()
    await consumers.reprocess(deadLetter)
    assert.deepEqual(await counts(database.db), { k: 2 })
  })

  it('takes effect once, however often and at whichever replica it is requested', async () => {
    await using one = await testReplica(database, nats)
    await using two = await testReplica(database, nats)
    const bug = itIs()
    await using first = await consume(one.broker, buggy(one, bug), { maxTries: 1 })
    await using second = await consume(two.broker, buggy(two, bug), { maxTries: 1 })
    await publishEvent(one.broker, nudge('k'))
    const deadLetter = await onlyDeadLetter(one)
    bug.isThere = false
    const replicas = [first, second, first, second, first, second]
    await Promise.all(replicas.map((replica) => replica.reprocess(deadLetter)))
    assert.deepEqual(await counts(one.db), { k: 1 })
    const rows = await one.db.execute(sql`select id from outbox`)
    assert.equal(rows.length, 1)
  })

  it('takes effect once when the process dies after the commit and it is requested again', async () => {
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
    const deadLetter = await onlyDeadLetter(one)
    bug.isThere = false
    await assert.rejects(first.reprocess(deadLetter))
    death.isThere = false
    await second.reprocess(deadLetter)
    assert.deepEqual(await counts(one.db), { k: 1 })
  })

  it('is read by the running version, which may know what an earlier one did not', async () => {
    await using replica = await testReplica(database, nats)
    const old = await consume(replica.broker, raiseOn(replica.commit), { maxGivenBack: 0 })
    await publishEvent(replica.broker, nudge('k', 5), { headers: { 'ce-dataschema': 'urn:event:Nudged:2' } })
    const deadLetter = await onlyDeadLetter(replica)
    assert.equal(deadLetter.error, 'UnknownKind: Nudged has no version 2 here, only up to 1')
    await assert.rejects(old.reprocess(deadLetter), /no version 2/)
    await old.stop()

    const newer = { ...Nudged, version: 2, read: (_: number, data: unknown) => data as Nudged['data'] }
    await using released = await consume(replica.broker, raiseOn(replica.commit), {
      subscriptions: [{ stream: 'NUDGES', publisher: 'nudger', events: [newer] }],
    })
    await released.reprocess(deadLetter)
    assert.deepEqual(await counts(replica.db), { k: 5 })
  })

  it('is refused when the service no longer consumes its stream', async () => {
    await using replica = await testReplica(database, nats)
    await using consumers = await consume(replica.broker, () => Promise.reject(new Error('a bug')), {
      maxTries: 1,
    })
    await publishEvent(replica.broker, nudge('k'))
    const deadLetter = await onlyDeadLetter(replica)
    await assert.rejects(consumers.reprocess({ ...deadLetter, stream: 'OTHERS' }), /unknown event/)
  })

  it('has its position in the original stream, and waits for its key’s messages in flight', async () => {
    await using broker = await testBroker(nats.url)
    const seen: string[] = []
    const bug = itIs()
    using work = blockedWork()
    await using consumers = await consume(
      broker,
      async ({ stream, sequence }) => {
        if (bug.isThere) throw new Error('a bug')
        if (sequence === 2) await work.released
        seen.push(`${stream} ${sequence}`)
      },
      { maxTries: 1 },
    )
    await publishEvent(broker, nudge('k'))
    await allAcknowledged(broker)
    const [deadLetter] = (await readDeadLetters(broker, { limit: 1 })).deadLetters
    bug.isThere = false
    await publishEvent(broker, nudge('k'))
    await eventually(async () => {
      const [lag] = await consumers.lag()
      assert.deepEqual(lag, {
        stream: 'NUDGES',
        durable: 'counter',
        pending: 0,
        ackPending: 1,
        redelivered: 0,
      })
    })
    const again = consumers.reprocess(deadLetter as DeadLetter)
    work.release()
    await again
    assert.deepEqual(seen, ['NUDGES 2', 'NUDGES 1'])
  })

  it('counts as handled for longer than the inbox keeps its event', async () => {
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
