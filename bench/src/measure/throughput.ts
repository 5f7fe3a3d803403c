import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '@saucery/local/system/system'
import type { Client } from '../load/http.ts'
import { placeOrders, untilDelivered } from '../load/load.ts'
import { growthPer, perSecond, type Spread, spreadOf } from '../report/statistics.ts'
import { messageCount, statementCount, type Transactions, transactionCount } from './counts.ts'
import { type CpuTimes, cpuTimes } from './cpu.ts'

export interface Throughput {
  readonly orders: number
  readonly clients: number
  readonly acceptedPerSecond: number
  readonly post: Spread
  readonly sagasPerSecond: number
  /** CPU time in ms per saga; empty where /proc is not there. */
  readonly cpuMs: CpuTimes
  readonly transactionsPerOrder: Transactions
  /** Undefined where the server does not count them. */
  readonly statementsPerOrder: number | undefined
  readonly publishesPerOrder: number
}

/** A Postgres backend tells its counts at the latest after 10 s in which it had nothing to do. */
const STATISTICS_MS = 11_000
/** What was placed last ends last, give or take the groups that are under way at once. */
const NEWEST = 256

export async function measureThroughput(
  system: System,
  client: Client,
  size: { orders: number; clients: number },
  signal: AbortSignal,
): Promise<Throughput> {
  await sleep(STATISTICS_MS, undefined, { signal })
  const counts = async () => ({
    transactions: await transactionCount(system),
    statements: await statementCount(system),
    messages: await messageCount(system),
  })
  const before = await counts()
  const cpuBefore = cpuTimes(system)
  const began = performance.now()
  const { ids, latencies, ms } = await placeOrders(client, size, signal)

  const newestFirst = ids.toReversed()
  await untilDelivered(client, newestFirst.slice(0, NEWEST), signal)
  let ended = performance.now()
  const cpuAfter = cpuTimes(system)
  // The others are looked at when the clock has stopped; one that is late sets it again.
  if (await untilDelivered(client, newestFirst.slice(NEWEST), signal)) ended = performance.now()

  await sleep(STATISTICS_MS, undefined, { signal })
  const { orders } = size
  const after = await counts()
  const statements =
    before.statements === undefined || after.statements === undefined
      ? undefined
      : (after.statements - before.statements) / orders
  return {
    ...size,
    acceptedPerSecond: perSecond(orders, ms),
    post: spreadOf(latencies),
    sagasPerSecond: perSecond(orders, ended - began),
    cpuMs: growthPer(orders, cpuBefore, cpuAfter),
    transactionsPerOrder: growthPer(orders, before.transactions, after.transactions),
    statementsPerOrder: statements,
    publishesPerOrder: (after.messages - before.messages) / orders,
  }
}
