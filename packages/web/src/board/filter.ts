import type { OrderView } from '@saucery/client/schemas'
import type { Status } from '@saucery/contracts/status'
import { isOverdue, placedMs } from '../order/orders.ts'
import { isStatus } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'

const minute = 60_000
const hour = 60 * minute

/** How far back orders are shown, by the time when they were placed, in ms. */
export const timeRanges = {
  '15m': 15 * minute,
  '1h': hour,
  '6h': 6 * hour,
  '24h': 24 * hour,
  '7d': 7 * 24 * hour,
  '30d': 30 * 24 * hour,
} as const

export type TimeRange = keyof typeof timeRanges

export interface BoardFilter {
  readonly range: TimeRange
  /** Without a chosen range it follows the age of the orders. */
  readonly isChosen: boolean
  readonly status?: Status | undefined
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  readonly overdue: boolean
  /** A part of the id. It chooses among the loaded orders only. */
  readonly id?: string | undefined
}

export const defaultRange: TimeRange = '1h'

/** The range to begin with: the default, or the smallest larger one that has the newest order. */
export const rangeOfAge = (ms: number): TimeRange =>
  ranges.slice(ranges.indexOf(defaultRange)).find((range) => ms < timeRanges[range]) ?? defaultRange

const ranges = Object.keys(timeRanges) as TimeRange[]

/**
 * The filter in the page's address. Values that are not valid are left out.
 * @param usual the range where none was chosen
 */
export function filterIn(query: URLSearchParams, usual: TimeRange = defaultRange): BoardFilter {
  const range = query.get('range') ?? ''
  const isChosen = Object.hasOwn(timeRanges, range)
  const status = query.get('status') ?? ''
  const branchId = query.get('branch')
  const sauceId = query.get('sauce')
  const id = query.get('id')
  return {
    range: isChosen ? (range as TimeRange) : usual,
    isChosen,
    ...(isStatus(status) && { status }),
    ...(branchId && { branchId }),
    ...(sauceId && { sauceId }),
    overdue: query.get('overdue') === 'true',
    ...(id && { id }),
  }
}

/** The page's address with this filter, without the defaults. */
export function addressOf({ range, isChosen, status, branchId, sauceId, overdue, id }: BoardFilter): string {
  const query = new URLSearchParams({
    ...(isChosen && { range }),
    ...(status && { status }),
    ...(branchId && { branch: branchId }),
    ...(sauceId && { sauce: sauceId }),
    ...(overdue && { overdue: 'true' }),
    ...(id && { id }),
  }).toString()
  return query ? `#/?${query}` : '#/'
}

/** The filter in words: what the charts are about, and the tab's title. */
export const filterText = ({ range, status, branchId, sauceId, overdue, id }: Scope): string =>
  [
    t.board.ranges[range],
    status,
    branchId,
    sauceId,
    overdue && t.board.overdue,
    id !== undefined && t.board.idScope(id),
  ]
    .filter(Boolean)
    .join(' · ')

type Scope = Pick<BoardFilter, 'range'> & Partial<BoardFilter>

/** Equal for filters that load the same orders. */
export const loadKeyOf = ({ id: _, ...filter }: BoardFilter): string =>
  addressOf({ ...filter, isChosen: true })

export const ordersQuery = ({ range, status, branchId, sauceId, overdue }: BoardFilter, now: number) => ({
  since: new Date(now - timeRanges[range]).toISOString(),
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
  placedMs(order.orderId) >= now - timeRanges[range]
