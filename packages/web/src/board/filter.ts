import type { OrderView } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { isOverdue, placedMs } from '../order/orders.ts'
import { isStatus } from '../order/statuses.tsx'

const minute = 60_000
const hour = 60 * minute

/** How far back orders are shown, by the time when they were placed. */
export const timeRanges = {
  '15m': { label: '15 minutes', ms: 15 * minute },
  '1h': { label: 'hour', ms: hour },
  '6h': { label: '6 hours', ms: 6 * hour },
  '24h': { label: '24 hours', ms: 24 * hour },
  '7d': { label: '7 days', ms: 7 * 24 * hour },
  '30d': { label: '30 days', ms: 30 * 24 * hour },
} as const

export type TimeRange = keyof typeof timeRanges

export interface BoardFilter {
  readonly range: TimeRange
  readonly status?: Status | undefined
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  readonly overdue: boolean
  /** A part of the id. It chooses among the loaded orders only. */
  readonly id?: string | undefined
}

const defaultRange: TimeRange = '1h'

/** The filter in the page's address. Values that are not valid are left out. */
export function filterIn(query: URLSearchParams): BoardFilter {
  const range = query.get('range') ?? ''
  const status = query.get('status') ?? ''
  const branchId = query.get('branch')
  const sauceId = query.get('sauce')
  const id = query.get('id')
  return {
    range: Object.hasOwn(timeRanges, range) ? (range as TimeRange) : defaultRange,
    ...(isStatus(status) && { status }),
    ...(branchId && { branchId }),
    ...(sauceId && { sauceId }),
    overdue: query.get('overdue') === 'true',
    ...(id && { id }),
  }
}

/** The page's address with this filter, without the defaults. */
export function addressOf({ range, status, branchId, sauceId, overdue, id }: BoardFilter): string {
  const query = new URLSearchParams({
    ...(range !== defaultRange && { range }),
    ...(status && { status }),
    ...(branchId && { branch: branchId }),
    ...(sauceId && { sauce: sauceId }),
    ...(overdue && { overdue: 'true' }),
    ...(id && { id }),
  }).toString()
  return query ? `#/?${query}` : '#/'
}

/** Equal for filters that load the same orders. */
export const loadKeyOf = ({ id: _, ...filter }: BoardFilter): string => addressOf(filter)

export const ordersQuery = ({ range, status, branchId, sauceId, overdue }: BoardFilter, now: number) => ({
  since: new Date(now - timeRanges[range].ms).toISOString(),
  status,
  branchId,
  sauceId,
  overdue: overdue ? ('true' as const) : undefined,
})

/** The query of the live feed. Not by status: the board has to see an order leave the status that it shows. */
export const liveQuery = ({ branchId, sauceId }: BoardFilter) => ({ branchId, sauceId })

export const matches = (
  order: OrderView,
  { range, status, branchId, sauceId, overdue, id }: BoardFilter,
  now: number,
): boolean =>
  (status === undefined || order.status === status) &&
  (branchId === undefined || order.branchId === branchId) &&
  (sauceId === undefined || order.sauceId === sauceId) &&
  (!overdue || isOverdue(order, now)) &&
  (id === undefined || order.orderId.includes(id)) &&
  placedMs(order.orderId) >= now - timeRanges[range].ms
