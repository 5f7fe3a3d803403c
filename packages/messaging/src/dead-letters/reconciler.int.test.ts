import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'drizzle-orm'
import { handledAmong } from '../inbox/inbox.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { consume, deadLettersIn } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { lockRows } from '../testing/locked-rows.ts'
import { quietLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { natsWithPowerFailures } from '../testing/power-failure.ts'
import { testBroker, testDatabase } from '../testing/servers.ts'
import { postgresDeadLetters } from './postgres-store.ts'
import { reconcileDeadLetters } from './reconciler.ts'

const poison = (key: string) => ({ ...nudge(key), data: { by: 'much' } })

const recordOf = ({ id }: ReturnType<typeof poison>) => ({
  id,
  subject: 'dead-letters.counter.nudges.given.k',
  headers: [
    ['dead-letter-message-id', [id]],
    ['ce-id', [id]],
  ] as const,
  data: '',
})

const sorted = (ids: string[]) => [...ids].sort((a, b) => a.localeCompare(b))

/** A broker that loses power, and a service whose every message becomes a dead letter. */
async function scene() {
  const database = await testDatabase()
  const nats = await natsWithPowerFailures()
  const broker = await testBroker(nats.url)
  // The consumers make it, too, some time after they have begun.
  await ensureStream(broker.jsm, deadLettersStream, 1)
  const state = {
    handledAmong: (events: Parameters<typeof handledAmong>[1]) => handledAmong(database.db, events),
    deadLetters: postgresDeadLetters(database.db),
  }
  const consumers = await consume(broker, async () => {}, { state })
  const idsThere = async () => sorted((await deadLettersIn(broker)).map(({ header }) => header('ce-id')))
  return {
    ...{ database, nats, broker, idsThere, store: state.deadLetters },
    connected: () => eventually(() => broker.jsm.getAccountInfo()),
    async bury(...events: ReturnType<typeof poison>[]) {
      for (const event of events) await publishEvent(broker, event as never)
    },
    has: (events: { id: string }[]) =>
      eventually(async () => assert.deepEqual(await idsThere(), sorted(events.map(({ id }) => id)))),
    async [Symbol.asyncDispose]() {
      await consumers.stop()
      await broker[Symbol.asyncDispose]()
      await nats[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

describe('dead letters', { timeout: 120_000 }, () => {
  it('are published again when the broker has lost them', async () => {
    await using service = await scene()
    const [kept, lost, later] = [poison('kept'), poison('lost'), poison('later')]
    await service.bury(kept)
    await service.has([kept])
    await service.nats.takeSnapshot()
    await service.connected()
    await service.bury(lost)
    await service.has([kept, lost])
    const [before] = (await deadLettersIn(service.broker)).slice(-1)

    await service.nats.losePower([{ messagesOf: deadLettersStream.name }])
    await service.connected()
    await service.bury(later)
    await service.has([kept, lost, later])
    const again = (await deadLettersIn(service.broker)).find(({ header }) => header('ce-id') === lost.id)
    assert.deepEqual([again?.subject, again?.data], [before?.subject, before?.data])
    for (const name of ['dead-letter-error', 'dead-letter-tries', 'dead-letter-sequence', 'ce-signature'])
      assert.equal(again?.header(name), before?.header(name), name)
  })

  it('are published again when their stream was recreated', async () => {
    await using service = await scene()
    const events = Array.from({ length: 5 }, (_, i) => poison(`k${i}`))
    await service.bury(...events)
    await service.has(events)
    await service.broker.jsm.streams.delete(deadLettersStream.name)
    await ensureStream(service.broker.jsm, deadLettersStream, 1)
    await reconcileDeadLetters(service.broker, service.store, quietLog)
    await service.has(events)
  })

  it('are published again however far back they were lost', async () => {
    await using service = await scene()
    await ensureStream(service.broker.jsm, deadLettersStream, 1)
    const events = Array.from({ length: 450 }, (_, i) => poison(`k${i}`))
    for (const event of events) await service.store.save(recordOf(event))
    // One in ten seconds, so that the first page of the comparison alone covers more than half an hour.
    await service.database.db.execute(sql`
      update dead_letters set saved_at = now() - interval '10 seconds' * age
      from (select id as of, row_number() over (order by id) as age from dead_letters) as ages where id = of`)
    await reconcileDeadLetters(service.broker, service.store, quietLog)
    await service.has(events)
  })

  it('are published again though the clock of their store was set back', async () => {
    await using service = await scene()
    const { broker, database, store } = service
    const before = Array.from({ length: 200 }, (_, i) => poison(`k${i}`))
    for (const event of before) await store.save(recordOf(event))
    await reconcileDeadLetters(broker, store, quietLog)
    // As they look after a step of two hours: they fill the first page of the comparison, and half an hour.
    await database.db.execute(sql`
      update dead_letters set saved_at = now() + interval '2 hours' - interval '10 seconds' * age
      from (select id as of, row_number() over (order by id) as age from dead_letters) as ages where id = of`)
    const since = poison('since')
    await store.save(recordOf(since))
    await reconcileDeadLetters(broker, store, quietLog)
    await service.has([...before, since])
  })

  it('are published when the process died before it could', async () => {
    await using service = await scene()
    const event = poison('k')
    await service.store.save(recordOf(event))
    await reconcileDeadLetters(service.broker, service.store, quietLog)
    await service.has([event])
    await reconcileDeadLetters(service.broker, service.store, quietLog)
    await service.has([event])
    const [row] = await service.database.db.execute(sql`select stream_sequence::int as at from dead_letters`)
    assert.equal(row?.at, 1)
  })

  it('are published once while others have locked their records', async () => {
    await using service = await scene()
    const { broker, database, store } = service
    const [locked, free] = [poison('a'), poison('b')]
    for (const event of [locked, free]) await store.save(recordOf(event))
    await using row = await lockRows(database.url, `dead_letters where id = '${locked.id}'`)
    const begun = performance.now()
    await store.markPublished(locked.id, { sequence: 1, streamCreated: new Date().toISOString() })
    for (let i = 0; i < 3; i++) await reconcileDeadLetters(broker, store, quietLog)
    assert.ok(performance.now() - begun < 5000, 'it waited')
    await service.has([free])
    await row.release()
    await reconcileDeadLetters(broker, store, quietLog)
    await service.has([free, locked])
  })
})
