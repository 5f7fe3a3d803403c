import type { Statistics } from '@saucery/client/schemas'
import { useRef } from 'preact/hooks'
import { client } from '../api/client.ts'
import { usePolled } from '../ui/use-polled.ts'
import { type BoardFilter, timeRanges } from './filter.ts'

const everyMs = 5000
const steps = 60

/**
 * Polls the statistics of the filter's time range and branch.
 * @returns `shown`: after a change of the filter the last ones, until the new ones are `found`
 */
export function useStatistics({ range, branchId }: BoardFilter) {
  const { ms } = timeRanges[range]
  const stepMs = Math.max(60_000, ms / steps)
  const read = (signal: AbortSignal) => {
    // Whole steps, so that bars keep their place as time goes by.
    const end = Math.ceil(Date.now() / stepMs) * stepMs
    const [since, until] = [new Date(end - ms).toISOString(), new Date(end).toISOString()]
    return client.get('/orderDashboards/statistics', { query: { since, until, stepMs, branchId }, signal })
  }
  const { found, error } = usePolled<Statistics>(read, everyMs, [range, branchId])
  const last = useRef<Statistics>(undefined)
  const shown: Statistics | undefined = found ?? last.current
  last.current = shown
  return { found, shown, error: found ? undefined : error }
}
