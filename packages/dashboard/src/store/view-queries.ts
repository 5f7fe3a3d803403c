import type { PageQuery } from '@saucery/chassis/http/pages'
import type { AnyFact } from '@saucery/contracts/choreography'
import type { Status } from '@saucery/contracts/status'
import { firstIdAt } from '@saucery/messaging/events/event'
import type { Collection, Filter } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import { mostDurations, type PlacedCount, placedLetters, type StatisticsQuery } from '../view/statistics.ts'
import { type Deadlines, deadlineOf } from '../view/waits-for.ts'

export interface ViewQuery extends PageQuery {
  readonly status?: OrderView['status'] | undefined
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  /** Only what waits for longer than it may. */
  readonly overdue?: Overdue | undefined
}

interface Overdue {
  readonly deadlines: Deadlines
  readonly now: number
}

/** So many orders stand there after these events. */
interface Standing {
  readonly status: Status
  readonly events: readonly AnyFact['name'][]
  readonly count: number
}

/** An event of an order, not yet known to be in its view. */
export interface AwaitedEvent {
  readonly orderId: string
  readonly eventId: string
}

export interface ViewQueries {
  find(orderId: string): Promise<OrderView | undefined>
  /** The ids of the events in these orders' views. */
  eventsOf(orderIds: readonly string[]): Promise<ReadonlySet<string>>
  /** Newest first. */
  list(query: ViewQuery): Promise<OrderView[]>
  /** Those of the orders that there are. */
  among(orderIds: readonly string[]): Promise<OrderView[]>
  /** Those of the orders that have one of the events at least. */
  having(awaited: readonly AwaitedEvent[]): Promise<OrderView[]>
  /** What waits for longer than it may, counted. */
  countOverdue(overdue: Overdue): Promise<Standing[]>
  /** The orders of a time, counted by the minute or hour of their placing and by status. */
  countPlaced(query: StatisticsQuery): Promise<PlacedCount[]>
  /** How long the newest deliveries of orders of a time took. */
  durations(query: StatisticsQuery): Promise<number[]>
}

/**
 * The questions that the read model answers.
 * @param views tells where it is at present
 * @param asOwn makes what another version of the projection computed what this one would
 */
export const viewQueries = (
  views: () => Collection<OrderView>,
  asOwn: (view: OrderView) => OrderView,
): ViewQueries => ({
  async find(orderId) {
    const view = await views().findOne({ _id: orderId })
    return view ? asOwn(view) : undefined
  },
  async eventsOf(orderIds) {
    if (orderIds.length === 0) return new Set()
    const wanted = views().find({ _id: { $in: [...orderIds] } }, { projection: { 'timeline.id': 1 } })
    return new Set((await wanted.toArray()).flatMap(({ timeline }) => timeline.map(({ id }) => id)))
  },
  list: (query) => views().find(filterOf(query)).sort({ _id: -1 }).limit(query.limit).map(asOwn).toArray(),
  among: (orderIds) =>
    views()
      .find({ _id: { $in: [...orderIds] } })
      .map(asOwn)
      .toArray(),
  having: (awaited) =>
    views()
      .find({
        _id: { $in: [...new Set(awaited.map(({ orderId }) => orderId))] },
        'timeline.id': { $in: awaited.map(({ eventId }) => eventId) },
      })
      .map(asOwn)
      .toArray(),
  countOverdue: async (overdue) => {
    const groups = await views()
      .aggregate<{ _id: Omit<Standing, 'count'>; count: number }>([
        { $match: overdueOf(overdue) },
        { $group: { _id: { status: '$status', events }, count: { $sum: 1 } } },
      ])
      .toArray()
    return groups.map(({ _id, count }) => ({ ..._id, count }))
  },
  countPlaced: async (query) => {
    const groups = await views()
      .aggregate<{ _id: Omit<PlacedCount, 'count'>; count: number }>([
        { $match: placedIn(query) },
        {
          $group: {
            _id: {
              time: { $substrBytes: [{ $ifNull: ['$placedAt', ''] }, 0, placedLetters(query)] },
              status: '$status',
            },
            count: { $sum: 1 },
          },
        },
      ])
      .toArray()
    return groups.map(({ _id, count }) => ({ ..._id, count }))
  },
  durations: async (query) => {
    const delivered = await views()
      .find({ ...placedIn(query), status: 'DELIVERED', tookMs: { $exists: true } })
      .project<{ tookMs: number }>({ _id: 0, tookMs: 1 })
      .sort({ _id: -1 })
      .limit(mostDurations)
      .toArray()
    return delivered.map(({ tookMs }) => tookMs)
  },
})

// The time of an order's id is that of its placing.
const placedIn = ({ since, until, branchId }: StatisticsQuery): Filter<OrderView> => ({
  _id: { $gte: firstIdAt(since), $lt: firstIdAt(until) },
  ...(branchId === undefined ? {} : { branchId }),
})

// As `$timeline.event` would be, which not every server reads out of a list.
const events = { $map: { input: '$timeline', as: 'entry', in: '$$entry.event' } }

function filterOf({
  status,
  branchId,
  sauceId,
  overdue,
  since,
  until,
  cursor,
}: ViewQuery): Filter<OrderView> {
  // The smaller of two ends: a second $lt on one field would replace the first.
  const [end] = [until, cursor].filter((id) => id !== undefined).sort((a, b) => (a < b ? -1 : 1))
  const range = {
    ...(since === undefined ? {} : { $gte: since }),
    ...(end === undefined ? {} : { $lt: end }),
  }
  return {
    ...(status === undefined ? {} : { status }),
    ...(branchId === undefined ? {} : { branchId }),
    ...(sauceId === undefined ? {} : { sauceId }),
    ...(Object.keys(range).length === 0 ? {} : { _id: range }),
    ...(overdue === undefined ? {} : overdueOf(overdue)),
  }
}

// As `waitsFor` tells of one order. Times of one form: as text they are in their order.
// (view-store.int.test: "finds overdue exactly what is told to be, …")
function overdueOf({ deadlines, now }: Overdue): Filter<OrderView> {
  const before = (ms: number) => ({ $lt: new Date(now - ms).toISOString() })
  const late = Object.entries(deadlineOf).map(([status, deadline]) => ({
    status: status as Status,
    since: before(deadlines[deadline]),
    ...(status === 'PLACED' ? { payBy: { $exists: false } } : {}),
  }))
  return { $or: [...late, { status: 'PLACED', payBy: before(0) }] }
}
