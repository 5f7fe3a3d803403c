import { setTimeout as sleep } from 'node:timers/promises'
import { growthPer } from '../report/statistics.ts'
import type { Running } from '../run/with-system.ts'
import { countsOf } from './counts.ts'
import { measureSagas } from './sagas.ts'

/** A Postgres backend publishes its counters after at most 10 s without work. */
const STATISTICS_MS = 11_000

export async function measureThroughput(running: Running, size: { orders: number; clients: number }) {
  const { system, signal } = running
  const { orders } = size
  await sleep(STATISTICS_MS, undefined, { signal })
  const before = await countsOf(system)
  const processes = { ...system.services, ...system.servers }
  const sagas = await measureSagas(running, { ...size, processes, until: 'DELIVERED' })
  await sleep(STATISTICS_MS, undefined, { signal })
  const after = await countsOf(system)
  const { statements, messages = 0 } = growthPer(orders, before.totals, after.totals)
  return {
    ...size,
    ...sagas,
    transactionsPerOrder: growthPer(orders, before.transactions, after.transactions),
    /** Undefined where the server does not count statements. */
    statementsPerOrder: statements,
    publishesPerOrder: messages,
  }
}
