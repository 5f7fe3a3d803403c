import type { Status } from '@saucery/contracts/status'
import type { OrderView } from './order-view.ts'
import type { PlacedCount } from './statistics.ts'
import { minuteLength } from './statistics-query.ts'

/** What statistics need of an order. */
export type CountedOrder = Pick<OrderView, '_id' | 'status' | 'branchId' | 'placedAt' | 'tookMs'>

/** The orders of a range of ids, counted. */
export interface OrderCounts {
  /** How many of one status were placed in one minute. */
  readonly placed: readonly (readonly [minute: string, status: Status, count: number])[]
  /** The durations of the deliveries, of the newest order first. */
  readonly took: readonly number[]
}

/** The counts of a range: of all its orders, and of each branch's. */
export interface RangeCounts {
  readonly all: OrderCounts
  readonly branches: Readonly<Record<string, OrderCounts>>
}

/** A function of the set of orders: the same to the byte in every process, in whatever order they are read. */
export function countRange(orders: readonly CountedOrder[]): RangeCounts {
  const byBranch = new Map<string, CountedOrder[]>()
  for (const order of orders)
    if (order.branchId !== undefined)
      byBranch.set(order.branchId, [...(byBranch.get(order.branchId) ?? []), order])
  const branches = [...byBranch].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    all: countOrders(orders),
    branches: Object.fromEntries(branches.map(([branch, ofBranch]) => [branch, countOrders(ofBranch)])),
  }
}

export function countOrders(orders: readonly CountedOrder[]): OrderCounts {
  const counts = new Map<string, [string, Status, number]>()
  for (const { placedAt = '', status } of orders) {
    const minute = placedAt.slice(0, minuteLength)
    const key = `${minute} ${status}`
    counts.set(key, [minute, status, 1 + (counts.get(key)?.[2] ?? 0)])
  }
  const delivered = orders.filter(({ status, tookMs }) => status === 'DELIVERED' && tookMs !== undefined)
  const newestFirst = delivered.sort((a, b) => (a._id < b._id ? 1 : -1))
  return {
    placed: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count),
    took: newestFirst.flatMap(({ tookMs }) => tookMs ?? []),
  }
}

/**
 * Adds up the counts of ranges, the newest first.
 * @param timeLength how many characters of the placing's time orders are grouped by
 */
export function addCounts(ranges: readonly OrderCounts[], timeLength: number, maxDurations: number) {
  const counts = new Map<string, { time: string; status: Status; count: number }>()
  for (const { placed } of ranges)
    for (const [minute, status, count] of placed) {
      const time = minute.slice(0, timeLength)
      const known = counts.get(`${time} ${status}`)
      if (known) known.count += count
      else counts.set(`${time} ${status}`, { time, status, count })
    }
  const placed: PlacedCount[] = [...counts.values()]
  const tookMs: number[] = []
  for (const { took } of ranges) tookMs.push(...took.slice(0, maxDurations - tookMs.length))
  return { placed, tookMs }
}
