import type { BatchLimits } from '../async/batcher.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { unitOfWork } from '../unit-of-work.ts'
import { type Counter, counterAggregate, countersStream, type Nudged, type Raised } from './counters.ts'
import { quietLog } from './log.ts'
import { type TestDatabase, testBroker } from './servers.ts'

/** One replica of the service that counts: a pool, a connection to the broker, an outbox, a unit of work. */
export async function testReplica(
  database: TestDatabase,
  nats: { url: string },
  { leaseMs = 300, checkEveryMs = 60_000, limits = {} as BatchLimits, log = quietLog } = {},
) {
  const broker = await testBroker(nats.url, { log })
  const db = database.open()
  const outbox = await openOutbox({
    db,
    broker,
    stream: countersStream,
    replicas: 1,
    log,
    leaseMs,
    checkEveryMs,
  })
  return {
    broker,
    db,
    outbox,
    commit: unitOfWork<Counter, Raised, Raised | Nudged>(db, outbox, counterAggregate, limits),
    async [Symbol.asyncDispose]() {
      await outbox.idle()
      await broker[Symbol.asyncDispose]()
    },
  }
}
