import type { Order } from '../api/types.ts'

/** Orders by id. */
export type Orders = ReadonlyMap<string, Order>

/** An order that is somewhere else than it was; `from` is absent when it is new here. */
export interface Move {
  readonly order: Order
  readonly from?: Order['status']
}

/**
 * The orders with what was heard since. A timeline only grows, so that the longer one is the newer: an answer that
 * was under way while an event came takes nothing back.
 */
export function joined(known: Orders, heard: readonly Order[]): { orders: Orders; moves: Move[] } {
  const orders = new Map(known)
  const moves: Move[] = []
  for (const order of heard) {
    const before = orders.get(order.orderId)
    if (before && before.timeline.length > order.timeline.length) continue
    orders.set(order.orderId, order)
    if (!before) moves.push({ order })
    else if (before.status !== order.status) moves.push({ order, from: before.status })
  }
  return { orders, moves }
}

/** The newest orders, and whether some were left out. Ids are UUIDv7: the later, the greater. */
export function newest(orders: Orders, limit: number): { orders: Orders; cut: boolean } {
  if (orders.size <= limit) return { orders, cut: false }
  const ids = [...orders.keys()].sort(ascending).slice(-limit)
  return { orders: new Map(ids.map((id) => [id, orders.get(id) as Order])), cut: true }
}

const ascending = (a: string, b: string) => (a < b ? -1 : 1)

/** When the order was placed, of which its id tells. */
export const placedMs = (orderId: string): number =>
  Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16)

/** The `until` of the page with what came before these; what was placed in the same millisecond comes once more. */
export function endBefore(orders: Orders): string | undefined {
  const [oldest] = [...orders.keys()].sort(ascending)
  return oldest === undefined ? undefined : new Date(placedMs(oldest) + 1).toISOString()
}

/** Newest first. */
export const byAge = (orders: Iterable<Order>): Order[] =>
  [...orders].sort((a, b) => ascending(b.orderId, a.orderId))

/** Whether the order has waited longer than it should, also when that was not so yet when it was heard of. */
export const isOverdue = ({ waitsFor }: Order, now: number): boolean =>
  waitsFor !== undefined &&
  (waitsFor.overdue || (waitsFor.until !== undefined && Date.parse(waitsFor.until) < now))

const tail = 6

/** The end of an id, which differs where the beginning of two does not. */
export const shortId = (id: string): string => `…${id.slice(-tail)}`
