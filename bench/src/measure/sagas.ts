import { type BenchClients, placeOrders, untilShown } from '../load/load.ts'
import { growthPer, perSecond, spreadOf } from '../report/statistics.ts'
import { cpuTimes, type Processes } from './cpu.ts'

/** Orders placed last are shown last, except for those in flight at the same time. */
const NEWEST = 256

interface SagasSize {
  readonly orders: number
  readonly clients: number
  /** Whose CPU time is measured. */
  readonly processes: Processes
  /** The status on the dashboard that ends a saga. */
  readonly until: 'DELIVERING' | 'DELIVERED'
}

/** Places orders from several clients at once, and waits for the last one's end. */
export async function measureSagas(running: BenchClients, { processes, until, ...size }: SagasSize) {
  const { orders } = size
  const cpuBefore = cpuTimes(processes)
  const startedAt = performance.now()
  const { ids, latencies, ms } = await placeOrders(running, size)

  const newestFirst = ids.toReversed()
  await untilShown(running, newestFirst.slice(0, NEWEST), until)
  let endedAt = performance.now()
  let cpuAfter = cpuTimes(processes)
  // The others are checked after the clock has stopped; a late one sets it again.
  if (await untilShown(running, newestFirst.slice(NEWEST), until)) {
    endedAt = performance.now()
    cpuAfter = cpuTimes(processes)
  }
  return {
    acceptedPerSecond: perSecond(orders, ms),
    post: spreadOf(latencies),
    sagasPerSecond: perSecond(orders, endedAt - startedAt),
    /** CPU time in ms per saga; empty without /proc. */
    cpuMs: growthPer(orders, cpuBefore, cpuAfter),
  }
}
