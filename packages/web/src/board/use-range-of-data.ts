import { useEffect } from 'preact/hooks'
import { client } from '../api/client.ts'
import { placedMs } from '../order/orders.ts'
import type { BoardData } from './board-data.ts'
import { type BoardFilter, rangeOfAge } from './filter.ts'

/** Where no range was chosen and the usual one has no orders, takes the smallest one that has the newest order. */
export function useRangeOfData(
  board: BoardData,
  { isChosen, branchId, sauceId }: BoardFilter,
  setUsual: (range: BoardFilter['range']) => void,
): void {
  const isEmpty = board.isRead.value && board.orders.value.size === 0
  useEffect(() => {
    if (isChosen || !isEmpty) return
    const left = new AbortController()
    const query = { limit: 1, timeline: 'none', branchId, sauceId } as const
    client.get('/orderDashboards', { query, signal: left.signal }).then(
      ({ items: [newest] }) => newest && setUsual(rangeOfAge(Date.now() - placedMs(newest.orderId))),
      // The board shows its own error.
      () => {},
    )
    return () => left.abort()
  }, [isEmpty, isChosen, branchId, sauceId])
}
