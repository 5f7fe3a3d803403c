import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, nudge, raiseOn } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { messagesOf, publishEvent } from '../testing/messages.ts'
import { testReplica } from '../testing/replica.ts'
import { testDatabase } from '../testing/servers.ts'

const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
const everyKey = (count: number) => Object.fromEntries(keys.map((key) => [key, count]))
const rounds = 10

/** Says all nudges while two replicas hear them, and lets `break_` happen when some were handled. */
async function nudgeThrough(
  victim: 'broker' | 'database',
  { kill, restart }: Pick<TestServer, 'kill' | 'restart'>,
  database: Awaited<ReturnType<typeof testDatabase>>,
  nats: TestServer,
): Promise<void> {
  const log = countingLog()
  await using one = await testReplica(database, nats)
  await using other = await testReplica(database, nats)
  let handled = 0
  const counting = (replica: typeof one) => async (event: Parameters<ReturnType<typeof raiseOn>>[0]) => {
    await raiseOn(replica.commit)(event)
    handled += 1
  }
  await using _one = await consume(one.broker, counting(one), { log })
  await using _other = await consume(other.broker, counting(other), { log })
  const all = Array.from({ length: rounds }, () => keys.map((key) => nudge(key))).flat()
  const later = all.splice(250)
  for (const event of all) await publishEvent(one.broker, event)
  await eventually(() => assert.equal(handled >= 100, true))
  await kill()
  if (victim === 'database') {
    for (const event of later) await publishEvent(one.broker, event)
    await eventually(() => assert.equal(log.times('store unavailable') >= 1, true))
  }
  await restart()
  if (victim === 'broker')
    await eventually(() => Promise.all(later.map((event) => publishEvent(one.broker, event))))
  await allAcknowledged(one.broker)
  assert.deepEqual(await counts(database.db), everyKey(rounds))
  assert.equal((await deadLettersIn(one.broker)).length, 0)
  await eventually(async () => {
    await one.outbox.sweep()
    const [row] = await database.db.execute(
      sql`select count(*)::int as n from outbox where published_at is null`,
    )
    assert.equal(row?.n, 0)
  })
  const said = (await messagesOf(one.broker, 'COUNTERS')).map(({ header }) => header('ce-id'))
  assert.deepEqual([said.length, new Set(said).size], [keys.length * rounds, keys.length * rounds])
}

describe('what was heard', () => {
  it('is handled, once, when the broker is killed and comes back', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await nudgeThrough('broker', nats, database, nats)
  })

  it('is handled, once, when the database is killed and comes back', async () => {
    await using database = await testDatabase({ ownServer: true })
    await using nats = await testNats()
    await nudgeThrough('database', database, database, nats)
  })
})
