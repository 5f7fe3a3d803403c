import type { OrderView, Statistics } from '@saucery/client/schemas'
import { countByStep, durationsOf } from '@saucery/contracts/statistics'
import { type Orders, placedMs } from '../order/orders.ts'
import { type BoardFilter, timeRanges } from './filter.ts'

/** The statistics of a branch and a range, and the orders that were loaded when they came. */
export interface CountedThen {
  readonly statistics: Statistics
  readonly orders: Orders
}

/** All numbers of the board. They are counted from one source, so charts, heads and cards agree at once. */
export interface BoardNumbers {
  readonly counted: Statistics
  /** The part of the filter by which the charts are counted. */
  readonly scope: Pick<BoardFilter, 'range'> & Partial<BoardFilter>
  readonly byStatus: Statistics['byStatus']
  /** There may be more of each status than `byStatus` says. */
  readonly isPart: boolean
}

/** The period of a range in whole steps, so that bars keep their place as time goes by. */
export function periodOf(range: BoardFilter['range'], now: number) {
  const ms = timeRanges[range]
  const stepMs = Math.max(60_000, ms / 60)
  const until = Math.ceil(now / stepMs) * stepMs
  return { since: until - ms, until, stepMs }
}

/**
 * Counts the loaded orders where all that match are loaded; otherwise moves the last statistics on by what was loaded
 * since. (numbers.test)
 * @param shown the orders that match the filter
 * @returns undefined while there are no statistics
 */
export function boardNumbers(
  filter: BoardFilter,
  board: { readonly orders: Orders; readonly hasOlder: boolean },
  shown: readonly OrderView[],
  received: CountedThen | undefined,
  now: number,
): BoardNumbers | undefined {
  const own = countedFrom(shown, periodOf(filter.range, now))
  if (!board.hasOlder) return { counted: own, scope: filter, byStatus: own.byStatus, isPart: false }
  if (!received) return undefined
  const counted = movedOn(received, board.orders)
  const { range, branchId, sauceId, id, overdue } = filter
  // The statistics know no other part of a filter; a status has a number of its own.
  const isCounted = sauceId === undefined && id === undefined && !overdue
  const byStatus = isCounted ? counted.byStatus : own.byStatus
  return { counted, scope: { range, branchId }, byStatus, isPart: !isCounted }
}

const placedOf = ({ orderId, status }: OrderView) => ({ time: placedMs(orderId), status, count: 1 })

type Period = Parameters<typeof countByStep>[0]

const countedFrom = (orders: readonly OrderView[], period: Period): Statistics => ({
  ...countByStep(period, orders.map(placedOf)),
  delivery: durationsOf(
    orders.flatMap(({ status, tookMs }) => (status === 'DELIVERED' && tookMs !== undefined ? tookMs : [])),
  ),
})

/** Orders older than all that were loaded are not new: the statistics have counted them. */
function movedOn({ statistics, orders: before }: CountedThen, orders: Orders): Statistics {
  const newest = [...before.keys()].reduce((last, id) => (id > last ? id : last), '')
  const changed = [...orders.values()].filter(
    (order) => before.get(order.orderId) !== order && (before.has(order.orderId) || order.orderId > newest),
  )
  const { since, until, stepMs } = statistics
  const period = { since: Date.parse(since), until: Date.parse(until), stepMs }
  const more = countByStep(period, changed.map(placedOf))
  const less = countByStep(period, changed.flatMap(({ orderId }) => before.get(orderId) ?? []).map(placedOf))
  const steps = statistics.steps.map((step, i) => moved(step, more.steps[i], less.steps[i]))
  return { ...statistics, byStatus: moved(statistics.byStatus, more.byStatus, less.byStatus), steps }
}

/** The numbers of `of`, each with what came and without what went. */
function moved<T extends object>(of: T, more: Partial<T> = {}, less: Partial<T> = {}): T {
  const at = (counts: Partial<T>, name: string) => Number(counts[name as keyof T] ?? 0)
  const numbers = Object.entries(of).map(([name, value]) =>
    typeof value === 'number' ? [name, Math.max(0, value + at(more, name) - at(less, name))] : [name, value],
  )
  return Object.fromEntries(numbers)
}
