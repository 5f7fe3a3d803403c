import type { PageQuery } from '@saucery/chassis/http/pages'
import type { Status } from '@saucery/contracts/status'
import type { DeadLetter } from '@saucery/messaging/dead-letters/reader'
import { keyOf } from '@saucery/messaging/events/event'
import type { Abortable, AggregateOptions, Collection, Document, Filter } from 'mongodb'
import type { OrderFilter } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'
import { openStatuses, statusesInFlow } from '../view/status-flow.ts'
import { type Deadlines, deadlineOf } from '../view/waits-for.ts'
import { byIds, inParts } from './by-ids.ts'
import { limitedTo } from './limits.ts'
import type { Milestones } from './milestones.ts'
import { type IdRange, openWindows } from './windows.ts'

interface OverdueAt {
  readonly deadlines: Deadlines
  readonly now: number
}

export interface ViewQuery extends PageQuery, OrderFilter {
  /** Only orders that were overdue at this time. */
  readonly overdue?: OverdueAt | undefined
}

/** An event that a client waits for in its order's view. */
export interface AwaitedEvent {
  readonly orderId: string
  readonly eventId: string
}

interface OverdueGroup {
  readonly status: Status
  readonly events: string[]
}

type OverdueCount = OverdueGroup & { readonly count: number }

/** A count of overdue orders that takes longer is given up. */
const maxCountMs = 10_000

/** The gateway waits no longer for an answer. */
const maxListMs = 10_000

/** The ids of all events of these events' orders: an event is handled once it is in its order's view. */
export async function handledIn(
  views: Collection<OrderView>,
  events: readonly Pick<DeadLetter, 'subject'>[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const orderIds = new Set(events.map(({ subject }) => keyOf(subject)))
  const found = await byIds(views, [...orderIds], { projection: { 'timeline.id': 1 } })
  return new Set(found.flatMap(({ timeline }) => timeline.map(({ id }) => id)))
}

/**
 * @param views the collection that is read at present
 * @param asOwn turns a document of another version into what this version would compute
 */
export function viewQueries(
  views: () => Collection<OrderView>,
  milestones: Milestones,
  asOwn: (view: OrderView) => OrderView,
) {
  async function countBy<Group>(
    filters: readonly Filter<OrderView>[],
    group: Document,
    options: AggregateOptions & Abortable,
  ) {
    const matches = filters.map(($match) => ({ $match }))
    const pipeline = [...matches, { $group: { _id: group, count: { $sum: 1 } } }]
    const groups = await views().aggregate<{ _id: Group; count: number }>(pipeline, options).toArray()
    return groups.map(({ _id, count }) => ({ ..._id, count }))
  }

  return {
    find: async (orderId: string) => (await byIds(views(), [orderId])).map(asOwn)[0],

    handledAmong: (letters: readonly DeadLetter[]) => handledIn(views(), letters),

    /** The newest orders first. A rare kind that no index serves may read every order: it is ended then. */
    async list(query: ViewQuery): Promise<OrderView[]> {
      const found: OrderView[] = []
      const limits = limitedTo(maxListMs)
      const nextWindow = openWindows(rangeOf(query), await milestones.all())
      while (found.length < query.limit) {
        const window = nextWindow(found.length, query.limit)
        if (!window) break
        const wanted = { ...query, limit: query.limit - found.length }
        found.push(...(await readWindow(views(), wanted, window, limits)))
      }
      return found.map(asOwn)
    },

    /** The views of these orders; orders without a view are left out. */
    among: async (orderIds: readonly string[]) => (await byIds(views(), orderIds)).map(asOwn),

    /** The views of the orders that have at least one of the events. */
    async having(awaited: readonly AwaitedEvent[]) {
      const found = await inParts(awaited, (part) => {
        const [orderIds, eventIds] = [part.map(({ orderId }) => orderId), part.map(({ eventId }) => eventId)]
        const filter = { _id: { $in: orderIds }, 'timeline.id': { $in: eventIds } }
        return views().find(filter).toArray()
      })
      // Two events of one order may be in two parts.
      return [...new Map(found.map((view) => [view._id, asOwn(view)])).values()]
    },

    /** Overdue orders, counted by status and by their events so far. An aborted count rejects at once. */
    async countOverdue(at: OverdueAt, signal?: AbortSignal) {
      const counts: OverdueCount[] = []
      for (const status of openStatuses) {
        const group = { status: '$status', events }
        const filters = [{ status }, overdueAt(at, status)]
        counts.push(...(await countBy<OverdueGroup>(filters, group, limitedTo(maxCountMs, signal))))
      }
      return counts
    },
  }
}

// The same as `$timeline.event`, which SecantusDB does not read out of a list.
const events = { $map: { input: '$timeline', as: 'entry', in: '$$entry.event' } }

function rangeOf({ since, until, cursor }: ViewQuery): IdRange {
  const [end] = [until, cursor].filter((id) => id !== undefined).sort((a, b) => (a < b ? -1 : 1))
  return { from: since, to: end }
}

/**
 * Reads each status by the index that begins with it, one after another (view/status-flow.ts).
 */
async function readWindow(
  views: Collection<OrderView>,
  { status, branchId, sauceId, overdue, limit }: ViewQuery,
  { from, to }: IdRange,
  limits: AggregateOptions & Abortable,
): Promise<OrderView[]> {
  const byId = new Map<string, OrderView>()
  const possible = overdue ? openStatuses : statusesInFlow
  for (const one of status === undefined ? possible : possible.filter((each) => each === status)) {
    const indexed = {
      ...(branchId !== undefined ? { branchId } : sauceId !== undefined && { sauceId }),
      status: one,
      ...((from ?? to) !== undefined && {
        _id: { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) },
      }),
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

// The same rule as `waitsFor` applies to one order. Times have one form, so comparing them as text compares the times.
// (view-store.int.test: "finds overdue exactly the orders that wait too long, and counts them")
function overdueAt({ deadlines, now }: OverdueAt, status: Status): Filter<OrderView> {
  const deadline = Object.entries(deadlineOf).find(([open]) => open === status)?.[1]
  if (!deadline) return { _id: { $exists: false } }
  const before = (ms: number) => ({ $lt: new Date(now - ms).toISOString() })
  const late = { since: before(deadlines[deadline]) }
  return status === 'PLACED' ? { $or: [{ ...late, payBy: { $exists: false } }, { payBy: before(0) }] } : late
}
