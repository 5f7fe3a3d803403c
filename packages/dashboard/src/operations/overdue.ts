import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { type PeriodicRun, runEvery } from '@saucery/messaging/async/periodic'
import { Gauge } from 'prom-client'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'
import { awaitedEvents, type Deadlines } from '../view/waits-for.ts'

export interface CountingOptions {
  readonly views: Pick<ViewStore, 'countOverdue'>
  readonly deadlines: Deadlines
  readonly metrics: Metrics
  readonly log: Log
  readonly everyMs?: number
}

/** Counts in the metric `orders_overdue` what waits for longer than it may; while the store is away it tells nothing. */
export function countOverdue(options: CountingOptions): PeriodicRun {
  const { views, deadlines, metrics, log, everyMs = 15_000 } = options
  const gauge = new Gauge({
    name: 'orders_overdue',
    help: 'Orders that wait for longer than they may, by the events that they wait for',
    labelNames: ['status', 'awaits'],
    registers: [metrics],
  })
  async function count(): Promise<void> {
    try {
      const standings = await views.countOverdue({ deadlines, now: Date.now() })
      gauge.reset()
      for (const { status, events, count } of standings)
        gauge.inc({ status, awaits: awaitedEvents(status, new Set(events)).join(' ') }, count)
    } catch (error) {
      gauge.reset()
      if (!isStoreOutage(error)) throw error
    }
  }
  const counting = runEvery('counting overdue orders', everyMs, count, log)
  counting.now()
  return counting
}
