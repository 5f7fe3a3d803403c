import type { LiveBatch, LiveQuery } from '@saucery/client/read-live'
import type { OrderView } from '@saucery/client/schemas'

export interface Receiver {
  readonly query: LiveQuery
  /** Called with the changed orders, once for all that came together. */
  onOrders(orders: OrderView[]): void
  /** The list has to be read (again): at first, and when changes were missed. */
  onReset(): void
  /** Called with how many dead letters were settled. */
  onSettled?(letters: number): void
}

/** Hands on a feed's batches, whichever page reads them, and knows by their ids whether one was missed. */
export function openReceiver({ query, onOrders, onReset, onSettled }: Receiver) {
  let lastId: string | undefined
  return {
    lastId: () => lastId,
    receive({ after, id, orders, isReset, settled = 0 }: LiveBatch): void {
      // After the first id the feed sends every change, so a list that is read now misses none.
      const isFirst = id !== undefined && (after === undefined || after !== lastId)
      lastId = id ?? lastId
      if (isReset || isFirst) onReset()
      if (settled > 0) onSettled?.(settled)
      const wanted = orders.filter((order) => isWanted(order, query))
      if (wanted.length > 0) onOrders(wanted)
    },
  }
}

const isWanted = (order: OrderView, { branchId, sauceId, orderId }: LiveQuery) =>
  (branchId === undefined || order.branchId === branchId) &&
  (sauceId === undefined || order.sauceId === sauceId) &&
  (orderId === undefined || order.orderId === orderId)
