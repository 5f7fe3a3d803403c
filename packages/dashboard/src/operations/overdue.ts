import type { OverdueOrders } from '@saucery/chassis/operations/routes'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { type PeriodicRun, runEvery } from '@saucery/messaging/async/periodic'
import { Gauge } from 'prom-client'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'
import { awaitedEvents, type Deadlines } from '../view/waits-for.ts'

/** Counts take a twentieth of the time at most, however many orders there are. */
const rest = 20

/**
 * Counts overdue orders in the metric `orders_overdue`, which is empty while the store is away. One replica counts for
 * all. (overdue.int.test: "is counted by one replica for all, and by another one when that one is gone")
 * @returns also the latest count, with its age; undefined before the first
 */
export function countOverdue(
  views: Pick<ViewStore, 'countOverdue' | 'sharedCount'>,
  deadlines: Deadlines,
  metrics: Metrics,
  log: Log,
  everyMs = 15_000,
): PeriodicRun & { latest(): OverdueOrders | undefined } {
  const gauge = new Gauge({
    name: 'orders_overdue',
    help: 'Overdue orders by status and by the events that they wait for',
    labelNames: ['status', 'awaits'],
    registers: [metrics],
  })
  let latest: { readonly count: number; readonly at: number } | undefined
  const shared = views.sharedCount('overdue', (signal) =>
    views.countOverdue({ deadlines, now: Date.now() }, signal),
  )
  async function count(stopping: AbortSignal): Promise<void> {
    try {
      const counts = await shared(stopping)
      latest = { count: counts.reduce((sum, { count }) => sum + count, 0), at: performance.now() }
      gauge.reset()
      for (const { status, events, count } of counts)
        gauge.inc({ status, awaits: awaitedEvents(status, new Set(events)).join(' ') }, count)
    } catch (error) {
      gauge.reset()
      if (!isStoreOutage(error) && !stopping.aborted) throw error
    }
  }
  const counting = runEvery('counting overdue orders', everyMs, count, log, rest)
  counting.now()
  const ageOf = (at: number) => Math.round(performance.now() - at)
  return { ...counting, latest: () => latest && { count: latest.count, ageMs: ageOf(latest.at) } }
}
