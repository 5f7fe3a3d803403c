import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { type PeriodicRun, runEvery } from '@saucery/messaging/async/periodic'
import { Gauge } from 'prom-client'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'
import { statusesInFlow } from '../view/status-flow.ts'

/** Counts take a fifth of the time at most, however many orders there are. */
const [maxMs, rest] = [5000, 5]
const hourMs = 3_600_000

/**
 * Counts all orders by status in the metric `orders`, from the counts that the statistics keep: only what has not
 * settled is read from the documents. Empty while the store is away. One replica counts for all.
 * (orders-by-status.int.test: "orders are counted by status, with a zero for each status that no order has")
 */
export function countByStatus(
  views: Pick<ViewStore, 'countPeriod' | 'sharedCount'>,
  metrics: Metrics,
  log: Log,
  everyMs = 15_000,
): PeriodicRun {
  const gauge = new Gauge({
    name: 'orders',
    help: 'Orders by their status, as the dashboard shows them; the same from every replica',
    labelNames: ['status'],
    registers: [metrics],
  })
  const shared = views.sharedCount('by-status', async (signal) => {
    const until = Date.now() + hourMs
    const { placed } = await views.countPeriod({ since: 0, until, stepMs: hourMs }, maxMs, signal)
    return statusesInFlow.map((status) => {
      const ofStatus = placed.filter((counted) => counted.status === status)
      return [status, ofStatus.reduce((sum, { count }) => sum + count, 0)] as const
    })
  })
  const count = async (stopping: AbortSignal) => {
    try {
      for (const [status, orders] of await shared(stopping)) gauge.set({ status }, orders)
    } catch (error) {
      gauge.reset()
      if (!isStoreOutage(error) && !stopping.aborted) throw error
    }
  }
  const counting = runEvery('counting orders by status', everyMs, count, log, rest)
  counting.now()
  return counting
}
