import { useRef } from 'preact/hooks'
import { client } from '../api/client.ts'
import { usePolled } from '../ui/use-polled.tsx'
import type { BoardData } from './board-data.ts'
import type { BoardFilter } from './filter.ts'
import { type CountedThen, periodOf } from './numbers.ts'

/** Polls the statistics of the filter's time range and branch, while the board has not loaded all orders. */
export function useStatistics(board: BoardData, { range, branchId }: BoardFilter) {
  const isNeeded = board.hasOlder.value
  // A board that is opened meanwhile goes on with the orders of the one before.
  const orders = useRef(board.orders)
  orders.current = board.orders
  async function read(signal: AbortSignal): Promise<CountedThen | undefined> {
    if (!isNeeded) return undefined
    const { since, until, stepMs } = periodOf(range, Date.now())
    const [from, to] = [new Date(since).toISOString(), new Date(until).toISOString()]
    const query = { since: from, until: to, stepMs, branchId }
    const statistics = await client.get('/orderDashboards/statistics', { query, signal })
    return { statistics, orders: orders.current.peek() }
  }
  const { found, error } = usePolled(read, 5000, [range, branchId, isNeeded])
  return { received: found, error: found ? undefined : error }
}
