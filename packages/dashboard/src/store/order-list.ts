import type { PageQuery } from '@saucery/chassis/http/pages'
import type { Abortable, AggregateOptions, Collection } from 'mongodb'
import type { OrderFilter } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'
import { openStatuses, statusesInFlow } from '../view/status-flow.ts'
import { limitedTo } from './limits.ts'
import { type OverdueAt, overdueAt } from './overdue-filter.ts'
import { type IdRange, idRangeFilter, openWindows } from './windows.ts'

export interface ViewQuery extends PageQuery, OrderFilter {
  /** Only orders that were overdue at this time. */
  readonly overdue?: OverdueAt | undefined
}

/** The gateway waits no longer for an answer. */
const maxListMs = 10_000

/** The newest orders first: window by window of ids, until there are enough. */
export async function listViewsOf(
  views: Collection<OrderView>,
  milestones: readonly string[],
  query: ViewQuery,
): Promise<OrderView[]> {
  const found: OrderView[] = []
  const limits = limitedTo(maxListMs)
  const nextWindow = openWindows(rangeOf(query), milestones)
  while (found.length < query.limit) {
    const window = nextWindow(found.length, query.limit)
    if (!window) break
    const wanted = { ...query, limit: query.limit - found.length }
    found.push(...(await readWindow(views, wanted, window, limits)))
  }
  return found
}

function rangeOf({ since, until, cursor }: ViewQuery): IdRange {
  const [end] = [until, cursor].filter((id) => id !== undefined).sort((a, b) => (a < b ? -1 : 1))
  return { from: since, to: end }
}

/** Reads each status by the index that begins with it, one after another (view/status-flow.ts). */
async function readWindow(
  views: Collection<OrderView>,
  { status, branchId, sauceId, overdue, limit }: ViewQuery,
  window: IdRange,
  limits: AggregateOptions & Abortable,
): Promise<OrderView[]> {
  const byId = new Map<string, OrderView>()
  const possible = overdue ? openStatuses : statusesInFlow
  for (const one of status === undefined ? possible : possible.filter((each) => each === status)) {
    const indexed = {
      ...(branchId !== undefined ? { branchId } : sauceId !== undefined && { sauceId }),
      status: one,
      ...idRangeFilter(window),
    }
    const others = {
      ...(branchId !== undefined && sauceId !== undefined && { sauceId }),
      ...(overdue && overdueAt(overdue, one)),
    }
    // SecantusDB uses an index only where a filter has the index's fields and no others.
    const filters = Object.keys(others).length > 0 ? [indexed, others] : [indexed]
    const pipeline = [...filters.map(($match) => ({ $match })), { $sort: { _id: -1 } }, { $limit: limit }]
    const found = await views.aggregate<OrderView>(pipeline, limits).toArray()
    for (const view of found) byId.set(view._id, view)
  }
  const newest = [...byId.values()].sort((a, b) => (a._id < b._id ? 1 : -1))
  return newest.slice(0, limit)
}
