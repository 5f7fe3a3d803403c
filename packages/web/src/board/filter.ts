import type { Order, Status } from '../api/types.ts'
import { isOverdue, placedMs } from '../order/orders.ts'
import { isStatus } from '../order/statuses.ts'

const minute = 60_000
const hour = 60 * minute

/** How far back orders are shown, by the time when they were placed. */
export const ranges = {
  '15m': { label: '15 minutes', ms: 15 * minute },
  '1h': { label: 'hour', ms: hour },
  '6h': { label: '6 hours', ms: 6 * hour },
  '24h': { label: '24 hours', ms: 24 * hour },
  '7d': { label: '7 days', ms: 7 * 24 * hour },
  '30d': { label: '30 days', ms: 30 * 24 * hour },
} as const

export type Range = keyof typeof ranges

/** Which orders are shown. */
export interface Filter {
  readonly range: Range
  readonly status?: Status
  readonly branchId?: string
  readonly sauceId?: string
  readonly overdue: boolean
  /** A part of the id. */
  readonly id?: string
}

const defaultRange: Range = '1h'

/** The filter that a page's address tells; what it does not understand is left out. */
export function filterIn(query: URLSearchParams): Filter {
  const range = query.get('range') ?? ''
  const status = query.get('status') ?? ''
  const branchId = query.get('branch')
  const sauceId = query.get('sauce')
  const id = query.get('id')
  return {
    range: Object.hasOwn(ranges, range) ? (range as Range) : defaultRange,
    ...(isStatus(status) ? { status } : {}),
    ...(branchId ? { branchId } : {}),
    ...(sauceId ? { sauceId } : {}),
    overdue: query.get('overdue') === 'true',
    ...(id ? { id } : {}),
  }
}

/** The page's address for a filter: nothing for what is usual. */
export function addressOf({ range, status, branchId, sauceId, overdue, id }: Filter): string {
  const query = new URLSearchParams({
    ...(range === defaultRange ? {} : { range }),
    ...(status ? { status } : {}),
    ...(branchId ? { branch: branchId } : {}),
    ...(sauceId ? { sauce: sauceId } : {}),
    ...(overdue ? { overdue: 'true' } : {}),
    ...(id ? { id } : {}),
  }).toString()
  return query ? `#/?${query}` : '#/'
}

/** The address without what is looked for only among the orders that are here. */
export const readBy = ({ id: _, ...filter }: Filter): string => addressOf(filter)

/** The query of a list with these orders. */
export function listQuery(
  { range, status, branchId, sauceId, overdue }: Filter,
  now: number,
): URLSearchParams {
  return new URLSearchParams({
    since: new Date(now - ranges[range].ms).toISOString(),
    ...(status ? { status } : {}),
    ...parts({ branchId, sauceId }),
    ...(overdue ? { overdue: 'true' } : {}),
  })
}

/** The query of the live feed: only by what never changes, so that an order is seen to leave what is shown. */
export const liveQuery = (filter: Pick<Filter, 'branchId' | 'sauceId'>): URLSearchParams =>
  new URLSearchParams(parts(filter))

const parts = ({ branchId, sauceId }: { branchId?: string | undefined; sauceId?: string | undefined }) => ({
  ...(branchId ? { branchId } : {}),
  ...(sauceId ? { sauceId } : {}),
})

/** Whether the order is one of those shown. */
export function matches(
  order: Order,
  { range, status, branchId, sauceId, overdue, id }: Filter,
  now: number,
): boolean {
  return (
    (status === undefined || order.status === status) &&
    (branchId === undefined || order.branchId === branchId) &&
    (sauceId === undefined || order.sauceId === sauceId) &&
    (!overdue || isOverdue(order, now)) &&
    (id === undefined || order.orderId.includes(id)) &&
    placedMs(order.orderId) >= now - ranges[range].ms
  )
}
