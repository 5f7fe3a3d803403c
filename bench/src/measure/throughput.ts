import { setTimeout as sleep } from 'node:timers/promises'
import { placeOrders, untilDelivered } from '../load/load.ts'
import { growthPer, perSecond, spreadOf } from '../report/statistics.ts'
import type { Running } from '../run/with-system.ts'
import { countsOf } from './counts.ts'
import { cpuTimes } from './cpu.ts'

/** A Postgres backend publishes its counters after at most 10 s without work. */
const STATISTICS_MS = 11_000
/** Orders placed last are delivered last, except for those in flight at the same time. */
const NEWEST = 256

export async function measureThroughput(running: Running, size: { orders: number; clients: number }) {
  const { system, signal } = running
  const { orders } = size
  await sleep(STATISTICS_MS, undefined, { signal })
  const before = await countsOf(system)
  const cpuBefore = cpuTimes(system)
  const startedAt = performance.now()
  const { ids, latencies, ms } = await placeOrders(running, size)

  const newestFirst = ids.toReversed()
  await untilDelivered(running, newestFirst.slice(0, NEWEST))
  let endedAt = performance.now()
  const cpuAfter = cpuTimes(system)
  // The others are checked after the clock has stopped; a late one sets it again.
  if (await untilDelivered(running, newestFirst.slice(NEWEST))) endedAt = performance.now()

  await sleep(STATISTICS_MS, undefined, { signal })
  const after = await countsOf(system)
  const { statements, messages = 0 } = growthPer(orders, before.totals, after.totals)
  return {
    ...size,
    acceptedPerSecond: perSecond(orders, ms),
    post: spreadOf(latencies),
    sagasPerSecond: perSecond(orders, endedAt - startedAt),
    /** CPU time in ms per saga; empty without /proc. */
    cpuMs: growthPer(orders, cpuBefore, cpuAfter),
    transactionsPerOrder: growthPer(orders, before.transactions, after.transactions),
    /** Undefined where the server does not count statements. */
    statementsPerOrder: statements,
    publishesPerOrder: messages,
  }
}
