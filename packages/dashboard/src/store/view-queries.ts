import type { PageQuery } from '@saucery/chassis/http/pages'
import type { Status } from '@saucery/contracts/status'
import type { DeadLetter } from '@saucery/messaging/dead-letters/reader'
import { firstIdAt, keyOf } from '@saucery/messaging/events/event'
import type { Abortable, AggregateOptions, Collection, Document, Filter, FindOptions } from 'mongodb'
import type { OrderFilter } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'
import type { PlacedCount } from '../view/statistics.ts'
import { placedTimeLength, type StatisticsQuery } from '../view/statistics-query.ts'
import { type Deadlines, deadlineOf } from '../view/waits-for.ts'

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

/** The statistics of durations use so many deliveries at most: those of the newest orders. */
const maxDurations = 10_000

/** The gateway waits no longer for an answer. */
const maxListMs = 10_000

/**
 * The server ends the query, and it is given up where the server does not answer. The driver's `timeoutMS` has no effect
 * on a cursor.
 */
function limitedTo(maxTimeMS: number, aborting?: AbortSignal) {
  const late = AbortSignal.timeout(maxTimeMS + 1000)
  return { maxTimeMS, signal: aborting ? AbortSignal.any([late, aborting]) : late }
}

/** The ids of all events of these events' orders: an event is handled once it is in its order's view. */
export async function handledIn(
  views: Collection<OrderView>,
  events: readonly Pick<DeadLetter, 'subject'>[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const orderIds = new Set(events.map(({ subject }) => keyOf(subject)))
  const wanted = views.find({ _id: { $in: [...orderIds] } }, { projection: { 'timeline.id': 1 } })
  return new Set((await wanted.toArray()).flatMap(({ timeline }) => timeline.map(({ id }) => id)))
}

/**
 * @param views the collection that is read at present
 * @param asOwn turns a document of another version into what this version would compute
 */
export function viewQueries(views: () => Collection<OrderView>, asOwn: (view: OrderView) => OrderView) {
  const find = (filter: Filter<OrderView>, options?: FindOptions & Abortable) =>
    views().find(filter, options).map(asOwn)

  async function countBy<Group>(
    filter: Filter<OrderView>,
    group: Document,
    options: AggregateOptions & Abortable,
  ) {
    const pipeline = [{ $match: filter }, { $group: { _id: group, count: { $sum: 1 } } }]
    const groups = await views().aggregate<{ _id: Group; count: number }>(pipeline, options).toArray()
    return groups.map(({ _id, count }) => ({ ..._id, count }))
  }

  return {
    find: async (orderId: string) => (await find({ _id: orderId }).limit(1).toArray())[0],

    handledAmong: (letters: readonly DeadLetter[]) => handledIn(views(), letters),

    /** The newest orders first. A filter that no index serves may read every order: it is ended then. */
    list: (query: ViewQuery) =>
      find(matching(query), limitedTo(maxListMs)).sort({ _id: -1 }).limit(query.limit).toArray(),

    /** The views of these orders; orders without a view are left out. */
    among: (orderIds: readonly string[]) => find({ _id: { $in: [...orderIds] } }).toArray(),

    /** The views of the orders that have at least one of the events. */
    having(awaited: readonly AwaitedEvent[]) {
      const orderIds = new Set(awaited.map(({ orderId }) => orderId))
      const eventIds = awaited.map(({ eventId }) => eventId)
      return find({ _id: { $in: [...orderIds] }, 'timeline.id': { $in: eventIds } }).toArray()
    },

    /** Overdue orders, counted by status and by their events so far. An aborted count rejects at once. */
    async countOverdue(at: OverdueAt, signal?: AbortSignal) {
      const counts: OverdueCount[] = []
      // One after another, each by its index: SecantusDB reads the whole collection for an `$or`.
      for (const filter of lateAt(at)) {
        const group = { status: '$status', events }
        counts.push(...(await countBy<OverdueGroup>(filter, group, limitedTo(maxCountMs, signal))))
      }
      return counts
    },

    /** Rejected after `maxMs`. */
    countPlaced(query: StatisticsQuery, maxMs: number): Promise<PlacedCount[]> {
      const time = { $substrBytes: [{ $ifNull: ['$placedAt', ''] }, 0, placedTimeLength(query)] }
      return countBy(placedIn(query), { time, status: '$status' }, limitedTo(maxMs))
    },

    /** How long the newest deliveries took, of orders that were placed in the period; limited as `countPlaced`. */
    async durations(query: StatisticsQuery, maxMs: number): Promise<number[]> {
      const filter = { ...placedIn(query), status: 'DELIVERED', tookMs: { $exists: true } } as const
      const delivered = views()
        .find(filter, limitedTo(maxMs))
        .project<{ tookMs: number }>({ _id: 0, tookMs: 1 })
      const newest = await delivered.sort({ _id: -1 }).limit(maxDurations).toArray()
      return newest.map(({ tookMs }) => tookMs)
    },
  }
}

// An order's id carries the time of its placing.
const placedIn = ({ since, until, branchId }: StatisticsQuery): Filter<OrderView> => ({
  _id: { $gte: firstIdAt(since), $lt: firstIdAt(until) },
  ...(branchId !== undefined && { branchId }),
})

// The same as `$timeline.event`, which SecantusDB does not read out of a list.
const events = { $map: { input: '$timeline', as: 'entry', in: '$$entry.event' } }

function matching(query: ViewQuery): Filter<OrderView> {
  const { status, branchId, sauceId, overdue, since, until, cursor } = query
  // The smaller of the two ends: a second $lt on one field would replace the first.
  const [end] = [until, cursor].filter((id) => id !== undefined).sort((a, b) => (a < b ? -1 : 1))
  const range = { ...(since !== undefined && { $gte: since }), ...(end !== undefined && { $lt: end }) }
  return {
    ...(status !== undefined && { status }),
    ...(branchId !== undefined && { branchId }),
    ...(sauceId !== undefined && { sauceId }),
    ...(Object.keys(range).length > 0 && { _id: range }),
    ...(overdue && overdueAt(overdue)),
  }
}

// The same rule as `waitsFor` applies to one order. Times have one form, so comparing them as text compares the times.
// (view-store.int.test: "finds overdue exactly the orders that wait too long, and counts them")
const overdueAt = (at: OverdueAt): Filter<OrderView> => ({ $or: lateAt(at) })

function lateAt({ deadlines, now }: OverdueAt): Filter<OrderView>[] {
  const before = (ms: number) => ({ $lt: new Date(now - ms).toISOString() })
  const late = Object.entries(deadlineOf).map(([status, deadline]) => ({
    status: status as Status,
    since: before(deadlines[deadline]),
    ...(status === 'PLACED' && { payBy: { $exists: false } }),
  }))
  return [...late, { status: 'PLACED', payBy: before(0) }]
}
