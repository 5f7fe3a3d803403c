import { setTimeout as sleep } from 'node:timers/promises'
import { placeOrders, untilDelivered } from '../load/load.ts'
import { growthPer, perSecond, type Spread, spreadOf } from '../report/statistics.ts'
import type { Running } from '../run/with-system.ts'
import { countsOf, type Transactions } from './counts.ts'
import { type CpuTimes, cpuTimes } from './cpu.ts'

export interface Throughput {
  readonly orders: number
  readonly clients: number
  readonly acceptedPerSecond: number
  readonly post: Spread
  readonly sagasPerSecond: number
  /** CPU time in ms per saga; empty without /proc. */
  readonly cpuMs: CpuTimes
  readonly transactionsPerOrder: Transactions
  /** Undefined where the server does not count statements. */
  readonly statementsPerOrder: number | undefined
  readonly publishesPerOrder: number
}

/** A Postgres backend publishes its counters after at most 10 s without work. */
const STATISTICS_MS = 11_000
/** Orders placed last are delivered last, except for those in flight at the same time. */
const NEWEST = 256

export async function measureThroughput(
  running: Running,
  size: { orders: number; clients: number },
): Promise<Throughput> {
  const { system, signal } = running
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
  const { orders } = size
  const after = await countsOf(system)
  const { statements } = growthPer(
    orders,
    { statements: before.statements },
    { statements: after.statements },
  )
  return {
    ...size,
    acceptedPerSecond: perSecond(orders, ms),
    post: spreadOf(latencies),
    sagasPerSecond: perSecond(orders, endedAt - startedAt),
    cpuMs: growthPer(orders, cpuBefore, cpuAfter),
    transactionsPerOrder: growthPer(orders, before.transactions, after.transactions),
    statementsPerOrder: statements,
    publishesPerOrder: (after.messages - before.messages) / orders,
  }
}
