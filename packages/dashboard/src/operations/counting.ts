import type { Log } from '@saucery/chassis/telemetry/log'
import { type PeriodicRun, runEvery } from '@saucery/messaging/async/periodic'
import { isStoreOutage } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'

/** Counting takes a tenth of the time at most, however much there is to count. */
const [budgetMs, rest] = [250, 10]

/** Keeps the counts that statistics read. One replica counts for all. */
export function countOrdersPeriodically(
  views: Pick<ViewStore, 'countSettled' | 'sharedCount'>,
  log: Log,
  everyMs = 2000,
): PeriodicRun {
  const shared = views.sharedCount('chunks', (signal) => views.countSettled(budgetMs, signal))
  const count = async (stopping: AbortSignal) => {
    try {
      await shared(stopping)
    } catch (error) {
      if (!isStoreOutage(error) && !stopping.aborted) throw error
    }
  }
  return runEvery('counting orders', everyMs, count, log, rest)
}
