import type { EventName, OrderView, TimelineEntry } from '@saucery/client/schemas'

/** An event of an order. */
export interface FlowEvent {
  readonly id: string
  readonly name: EventName
  readonly orderId: string
  /** The id of the event or request that caused it. */
  readonly cause: string
  readonly time: string
}

/** Of an order that was not seen before, what happened so shortly before its last event came with that. */
const togetherMs = 5000

const eventOf = (orderId: string, { id, event, cause, time }: TimelineEntry): FlowEvent => ({
  id,
  name: event,
  orderId,
  cause,
  time,
})

/** All events of these orders. */
export const eventsOf = (views: readonly OrderView[]): FlowEvent[] =>
  views.flatMap(({ orderId, timeline }) => timeline.map((entry) => eventOf(orderId, entry)))

/**
 * Finds in the views of orders the events that no view had before.
 * @param keep of so many orders it remembers what was seen, the last ones
 */
export function openEventReader(keep = 4000) {
  const seen = new Map<string, ReadonlySet<string>>()

  function newEntries({ orderId, timeline }: OrderView): TimelineEntry[] {
    const before = seen.get(orderId)
    // Put last: the order that was seen longest ago is forgotten.
    seen.delete(orderId)
    seen.set(orderId, new Set([...(before ?? []), ...timeline.map(({ id }) => id)]))
    const [oldest] = seen.keys()
    if (seen.size > keep && oldest !== undefined) seen.delete(oldest)
    if (before) return timeline.filter(({ id }) => !before.has(id))
    const last = Math.max(...timeline.map(({ time }) => Date.parse(time)))
    return timeline.filter(({ time }) => last - Date.parse(time) < togetherMs)
  }

  return (views: readonly OrderView[]): FlowEvent[] =>
    views.flatMap((view) => newEntries(view).map((entry) => eventOf(view.orderId, entry)))
}
