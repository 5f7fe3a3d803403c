import type { OrderView } from '@saucery/client/schemas'

/** Orders by id. */
export type Orders = ReadonlyMap<string, OrderView>

/** An order that is new (without `from`), or whose status changed. */
export interface Move {
  readonly order: OrderView
  readonly from?: OrderView['status']
}

/**
 * The orders with newer views of them. An order only gets more events, so of two views the one with more is the newer:
 * a slow answer never undoes a change that the feed sent first. (orders.test)
 */
export function mergeViews(known: Orders, views: readonly OrderView[]): { orders: Orders; moves: Move[] } {
  const orders = new Map(known)
  const moves: Move[] = []
  for (const order of views) {
    const before = orders.get(order.orderId)
    if (before && countOf(before) > countOf(order)) continue
    orders.set(order.orderId, order)
    if (!before) moves.push({ order })
    else if (before.status !== order.status) moves.push({ order, from: before.status })
  }
  return { orders, moves }
}

/** An older dashboard, as during a deploy, counts no events. */
const countOf = ({ eventCount, timeline }: OrderView) => eventCount ?? timeline.length

/** The newest orders, and whether some were cut off. Ids are UUIDv7: the later, the greater. */
export function newest(orders: Orders, limit: number): { orders: Orders; cut: boolean } {
  if (orders.size <= limit) return { orders, cut: false }
  const ids = [...orders.keys()].sort(ascending).slice(-limit)
  return { orders: new Map(ids.map((id) => [id, orders.get(id) as OrderView])), cut: true }
}

const ascending = (a: string, b: string) => (a < b ? -1 : 1)

/** When the order was placed, in ms: an id begins with its time. */
export const placedMs = (orderId: string): number =>
  Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16)

/** The `until` of the page before these orders. It includes the oldest order's millisecond, which others may share. */
export function endBefore(orders: Orders): string | undefined {
  const [oldest] = [...orders.keys()].sort(ascending)
  return oldest === undefined ? undefined : new Date(placedMs(oldest) + 1).toISOString()
}

export const newestFirst = (orders: Iterable<OrderView>): OrderView[] =>
  [...orders].sort((a, b) => ascending(b.orderId, a.orderId))

/** Whether the order is overdue now: it may have become so after the view was made. */
export const isOverdue = ({ waitsFor }: OrderView, now: number): boolean =>
  waitsFor !== undefined &&
  (waitsFor.overdue || (waitsFor.until !== undefined && Date.parse(waitsFor.until) < now))

const wholeId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** The id that a text is, once it is a whole one. */
export function wholeIdIn(text: string): string | undefined {
  const id = text.trim().toLowerCase()
  return wholeId.test(id) ? id : undefined
}

/** The end of an id: the beginnings of two orders' ids are often the same. */
export const shortId = (id: string): string => `…${id.slice(-6)}`
