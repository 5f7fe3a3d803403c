import type { Status } from '@saucery/contracts/status'
import type { DeadLetter } from '@saucery/messaging/dead-letters/reader'
import { keyOf } from '@saucery/messaging/events/event'
import type { Abortable, AggregateOptions, Collection, Document, Filter } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import { openStatuses } from '../view/status-flow.ts'
import { byIds, inParts } from './by-ids.ts'
import { limitedTo } from './limits.ts'
import type { Milestones } from './milestones.ts'
import { listViewsOf, type ViewQuery } from './order-list.ts'
import { type OverdueAt, overdueAt } from './overdue-filter.ts'

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

    handledAmong: (letters: readonly Pick<DeadLetter, 'subject'>[]) => handledIn(views(), letters),

    /** The newest orders first. A rare kind that no index serves may read every order: it is ended then. */
    list: async (query: ViewQuery) => (await listViewsOf(views(), await milestones.all(), query)).map(asOwn),

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
