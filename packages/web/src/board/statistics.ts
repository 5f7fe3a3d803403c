import type { Statistics } from '../api/types.ts'
import { polled } from '../ui/polled.ts'
import { type Range, ranges } from './filter.ts'

const everyMs = 5000
const steps = 60

/** Reads the numbers of a time and a branch again and again, until it is closed. */
export function readStatistics(range: Range, branchId: string | undefined) {
  const { ms } = ranges[range]
  const stepMs = Math.max(60_000, ms / steps)
  return polled<Statistics>(() => {
    // Whole steps, so that bars stay where they are as time goes by.
    const until = Math.ceil(Date.now() / stepMs) * stepMs
    const query = new URLSearchParams({
      since: new Date(until - ms).toISOString(),
      until: new Date(until).toISOString(),
      stepMs: String(stepMs),
      ...(branchId ? { branchId } : {}),
    })
    return `orderDashboards/statistics?${query}`
  }, everyMs)
}
