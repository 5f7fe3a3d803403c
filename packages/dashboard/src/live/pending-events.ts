import type { streams } from '@saucery/contracts/choreography'
import type { StreamMessage, StreamPosition } from '@saucery/messaging/nats/stream-reader'
import type { OrderView } from '../view/order-view.ts'

/** An event that was read from a stream and that no view is known to have. */
interface PendingEvent extends StreamMessage {
  readonly from: StreamProgress
  /** The message before it. */
  readonly before: StreamPosition
}

export interface StreamProgress {
  readonly stream: (typeof streams)[number]
  readTo: StreamPosition
  /** Since when a replica of the stream has lacked the position. */
  behindSince?: number | undefined
}

export interface PendingEvents {
  readonly streams: readonly StreamProgress[]
  /** The orders take turns, in the order of this map. */
  readonly byOrder: Map<string, readonly PendingEvent[]>
}

const allOf = ({ byOrder }: PendingEvents) => [...byOrder.values()].flat()

export const countPending = (events: PendingEvents): number => allOf(events).length

/** The positions before the first pending event of each stream. */
export function donePositions(events: PendingEvents): StreamPosition[] {
  const ordered = allOf(events).sort((a, b) => a.sequence - b.sequence)
  return events.streams.map((one) => ordered.find(({ from }) => from === one)?.before ?? one.readTo)
}

export function addMessages({ byOrder }: PendingEvents, from: StreamProgress, messages: StreamMessage[]) {
  for (const message of messages) {
    const { key, sequence, id } = message
    byOrder.set(key, [...(byOrder.get(key) ?? []), { ...message, from, before: from.readTo }])
    from.readTo = { sequence, id }
  }
}

/** The next orders with pending events. They take turns, so an event that never reaches its view holds up no other. */
export function nextOrders({ byOrder }: PendingEvents, count: number): string[] {
  const turn = [...byOrder].slice(0, count)
  for (const [orderId, events] of turn) {
    byOrder.delete(orderId)
    byOrder.set(orderId, events)
  }
  return turn.map(([orderId]) => orderId)
}

/**
 * Removes the events that the views have.
 * @returns the views that had at least one of them
 */
export function removeArrived(events: PendingEvents, views: readonly OrderView[]): OrderView[] {
  const arrived = new Set(views.flatMap(({ timeline }) => timeline.map(({ id }) => id)))
  const changed = new Set(removeWhere(events, ({ id }) => arrived.has(id)).map(({ key }) => key))
  return views.filter(({ _id }) => changed.has(_id))
}

/** Removes the events that are over, and returns them. */
export function removeWhere(events: PendingEvents, isOver: (event: PendingEvent) => boolean): PendingEvent[] {
  const removed = allOf(events).filter(isOver)
  for (const [orderId, ofOrder] of events.byOrder) {
    const left = ofOrder.filter((event) => !isOver(event))
    if (left.length > 0) events.byOrder.set(orderId, left)
    else events.byOrder.delete(orderId)
  }
  return removed
}
