import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { type PeriodicRun, runEvery } from '@saucery/messaging/async/periodic'
import { Gauge } from 'prom-client'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'
import { awaitedEvents, type Deadlines } from '../view/waits-for.ts'

/** Counts overdue orders in the metric `orders_overdue`, which is empty while the store is away. */
export function countOverdue(
  views: Pick<ViewStore, 'countOverdue'>,
  deadlines: Deadlines,
  metrics: Metrics,
  log: Log,
  everyMs = 15_000,
): PeriodicRun {
  const gauge = new Gauge({
    name: 'orders_overdue',
    help: 'Overdue orders by status and by the events that they wait for',
    labelNames: ['status', 'awaits'],
    registers: [metrics],
  })
  async function count(stopping: AbortSignal): Promise<void> {
    try {
      const counts = await views.countOverdue({ deadlines, now: Date.now() }, stopping)
      gauge.reset()
      for (const { status, events, count } of counts)
        gauge.inc({ status, awaits: awaitedEvents(status, new Set(events)).join(' ') }, count)
    } catch (error) {
      gauge.reset()
      if (!isStoreOutage(error) && !stopping.aborted) throw error
    }
  }
  const counting = runEvery('counting overdue orders', everyMs, count, log)
  counting.now()
  return counting
}
