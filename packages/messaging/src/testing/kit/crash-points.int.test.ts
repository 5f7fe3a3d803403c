import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { openOutbox } from '../../outbox/outbox.ts'
import { unitOfWork } from '../../unit-of-work.ts'
import {
  type Counter,
  counterAggregate,
  countersStream,
  counts,
  type Nudged,
  nudge,
  type Raised,
  raiseOn,
} from '../counters.ts'
import { quietLog } from '../log.ts'
import { messagesOf } from '../messages.ts'
import { testBroker, testDatabase } from '../servers.ts'
import { type CrashPoints, crashAtEachPoint } from './crash-points.ts'

it('an event takes effect once and is published once, wherever the process crashes', async () => {
  await using nats = await testNats()

  async function open() {
    const database = await testDatabase()
    await using setUp = await testBroker(nats.url)
    await setUp.jsm.streams.delete(countersStream.name).catch(() => {})
    const received = { ...nudge('k'), stream: 'NUDGES', sequence: 1, deliveries: 1 }
    return { database, received, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  }
  type Stores = Awaited<ReturnType<typeof open>>

  /** It handles the event, publishes, and sweeps what an earlier life has left. */
  async function run({ database, received }: Stores, points: CrashPoints): Promise<void> {
    await using connected = await testBroker(nats.url)
    const broker = points.broker(connected)
    const db = points.database(database.open())
    const outbox = await openOutbox({
      db,
      broker,
      stream: countersStream,
      replicas: 1,
      log: quietLog,
      leaseMs: 1,
    })
    const commit = unitOfWork<Counter, Raised, Raised | Nudged>(db, outbox, counterAggregate)
    try {
      await points.around('the handler', raiseOn(commit))(received)
      await outbox.idle()
      while ((await outbox.sweep()) > 0);
    } finally {
      await outbox.idle()
    }
  }

  const points = await crashAtEachPoint({
    open,
    run,
    async check({ database }) {
      assert.deepEqual(await counts(database.db), { k: 1 })
      await using broker = await testBroker(nats.url)
      const messages = await messagesOf(broker, countersStream.name)
      assert.deepEqual(
        messages.map(({ subject }) => subject),
        ['counters.raised.k'],
      )
    },
  })
  const passed = ['the handler', 'publishing'].flatMap((what) => [`before ${what}`, `after ${what}`])
  const ofTheDatabase = ['before the transaction', 'before the commit', 'after the commit']
  assert.deepEqual(new Set(points), new Set([...passed, ...ofTheDatabase]))
})
