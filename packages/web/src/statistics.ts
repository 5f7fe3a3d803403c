import { signal } from '@preact/signals'
import { api } from './client.ts'
import { type Filter, ranges } from './filter.ts'
import { whileVisible } from './now.ts'
import type { Statistics } from './types.ts'

const everyMs = 5000
const steps = 60

/** Reads the numbers of the filter's time and branch again and again, until it is closed. */
export function readStatistics({ range, branchId }: Pick<Filter, 'range' | 'branchId'>) {
  const found = signal<Statistics | undefined>(undefined)
  const { ms } = ranges[range]
  const stepMs = Math.max(60_000, ms / steps)
  const close = whileVisible(everyMs, async (signal) => {
    // Whole steps, so that bars stay where they are as time goes by.
    const until = Math.ceil(Date.now() / stepMs) * stepMs
    const query = new URLSearchParams({
      since: new Date(until - ms).toISOString(),
      until: new Date(until).toISOString(),
      stepMs: String(stepMs),
      ...(branchId ? { branchId } : {}),
    })
    found.value = await api.get<Statistics>(`orderDashboards/statistics?${query}`, signal)
  })
  return { found, close }
}
