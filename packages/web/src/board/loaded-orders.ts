import { signal } from '@preact/signals'
import type { OrderView, Page } from '@saucery/client/schemas'
import { endBefore, mergeViews, newest, type Orders } from '../order/orders.ts'

/** Orders that a board keeps, the newest; each further page raises the limit by its size. */
export const keep = 600

/** The orders that a board has loaded, and where older ones begin. */
export const loadedOrders = (before: Orders) => ({
  orders: signal(before),
  /** Whether there are older orders than the loaded pages. */
  hasOlder: signal(false),
  limit: keep,
  /** The `until` of the next page. An order from before it is loaded only if the feed sent it. */
  nextUntil: undefined as string | undefined,
})

type LoadedOrders = ReturnType<typeof loadedOrders>

/** Replaces the orders, and drops the oldest ones beyond the limit. */
export function setOrders(loaded: LoadedOrders, all: Orders): void {
  const { orders, cut } = newest(all, loaded.limit)
  loaded.orders.value = orders
  if (!cut) return
  loaded.hasOlder.value = true
  const end = endBefore(orders)
  if (end !== undefined && (loaded.nextUntil === undefined || end > loaded.nextUntil)) loaded.nextUntil = end
}

/** Puts a page over the known orders. */
export function setPage(
  loaded: LoadedOrders,
  { items, next }: Page<OrderView>,
  until: string | undefined,
  known: Orders,
): void {
  loaded.hasOlder.value = next !== undefined
  loaded.nextUntil = endBefore(new Map(items.map((order) => [order.orderId, order]))) ?? until
  setOrders(loaded, mergeViews(known, items).orders)
}
