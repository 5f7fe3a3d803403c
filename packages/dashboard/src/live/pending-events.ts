import type { StreamMessage, StreamPosition } from '@saucery/messaging/nats/stream-reader'
import type { OrderView } from '../view/order-view.ts'
import type { Positions } from './resume-token.ts'

/** An event that was read of a stream, and is not known to be in its order's view. */
interface Pending extends StreamMessage {
  readonly stream: number
  /** The message before it. */
  readonly before: StreamPosition
}

export interface PendingEvents {
  /** Up to where a stream is read. */
  readTo(stream: number): StreamPosition
  /** Takes what was read next of a stream. */
  add(stream: number, messages: readonly StreamMessage[]): void
  /** How many events are pending. */
  count(): number
  /** So many of the orders with pending events, each in its turn: those whose views never come hold up nobody. */
  next(orders: number): string[]
  /** The views that have an event which was pending until now; that is done. */
  arrived(views: readonly OrderView[]): OrderView[]
  /** Takes out what lies up to these sequences of the streams. */
  giveUp(upTo: readonly number[]): Pending[]
  /** Up to where nothing is pending. */
  done(): Positions
}

/** What was read of the streams and is waited for in the views. */
export function openPending(start: Positions): PendingEvents {
  // In the order of reading, as maps keep it.
  const streams = start.map((position) => ({ read: position, pending: new Map<number, Pending>() }))
  // In the order of their turns.
  const byOrder = new Map<string, Pending[]>()

  function remove(event: Pending): void {
    of(event.stream).pending.delete(event.sequence)
    const left = byOrder.get(event.key)?.filter((it) => it !== event) ?? []
    if (left.length > 0) byOrder.set(event.key, left)
    else byOrder.delete(event.key)
  }

  function of(stream: number) {
    const found = streams[stream]
    if (!found) throw new RangeError(`there is no stream ${stream}`)
    return found
  }

  return {
    readTo: (stream) => of(stream).read,
    add(stream, messages) {
      const into = of(stream)
      for (const message of messages) {
        const event = { ...message, stream, before: into.read }
        into.pending.set(event.sequence, event)
        const known = byOrder.get(event.key)
        if (known) known.push(event)
        else byOrder.set(event.key, [event])
        into.read = { sequence: message.sequence, id: message.id }
      }
    },
    count: () => streams.reduce((sum, { pending }) => sum + pending.size, 0),
    next(orders) {
      const found: [string, Pending[]][] = []
      for (const one of byOrder) {
        if (found.length === orders) break
        found.push(one)
      }
      for (const [orderId, events] of found) {
        byOrder.delete(orderId)
        byOrder.set(orderId, events)
      }
      return found.map(([orderId]) => orderId)
    },
    arrived: (views) =>
      views.filter((view) => {
        const has = new Set(view.timeline.map(({ id }) => id))
        const come = (byOrder.get(view._id) ?? []).filter(({ id }) => has.has(id))
        for (const event of come) remove(event)
        return come.length > 0
      }),
    giveUp(upTo) {
      const given = streams.flatMap(({ pending }, i) =>
        [...pending.values()].filter(({ sequence }) => sequence <= (upTo[i] ?? 0)),
      )
      for (const event of given) remove(event)
      return given
    },
    done: () =>
      streams.map(({ read, pending }) => {
        const [oldest] = pending.values()
        return oldest ? oldest.before : read
      }),
  }
}
