import type { Position, ReadMessage } from '@saucery/messaging/stream-reading'
import type { Positions } from './positions.ts'
import type { OrderView } from './view.ts'

/** An event that was read of a stream, and is not known to be in its order's view. */
export interface Pending extends ReadMessage {
  readonly stream: number
  /** The message before it. */
  readonly before: Position
  /** Since when an event that came later in the stream is in its view. */
  overtakenAt?: number
}

export interface PendingEvents {
  /** Up to where a stream is read. */
  readTo(stream: number): Position
  /** Takes what was read next of a stream. */
  add(stream: number, messages: readonly ReadMessage[]): void
  /** Forgets what was read of a stream, and begins at another position. */
  restart(stream: number, position: Position): void
  /** How many events are pending. */
  count(): number
  /** The orders of the events that are pending for the longest. */
  oldest(orders: number): string[]
  /** The views that have an event which was pending until now; that is done. */
  arrived(views: readonly OrderView[], now: number): OrderView[]
  /** Takes out what was overtaken before this time. */
  giveUp(overtakenBefore: number): Pending[]
  /** Up to where nothing is pending. */
  done(): Positions
}

/** What was read of the streams and is waited for in the views. */
export function openPending(start: Positions): PendingEvents {
  // Both in the order of reading, as maps keep it.
  const streams = start.map((position) => ({ read: position, pending: new Map<number, Pending>() }))
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
    restart(stream, position) {
      const into = of(stream)
      for (const event of [...into.pending.values()]) remove(event)
      into.read = position
    },
    count: () => streams.reduce((sum, { pending }) => sum + pending.size, 0),
    oldest(orders) {
      const found: string[] = []
      for (const orderId of byOrder.keys()) {
        if (found.length === orders) break
        found.push(orderId)
      }
      return found
    },
    arrived(views, now) {
      const last = new Map<number, number>()
      const grown = views.filter((view) => {
        const has = new Set(view.timeline.map(({ id }) => id))
        const come = (byOrder.get(view._id) ?? []).filter(({ id }) => has.has(id))
        for (const event of come) {
          remove(event)
          last.set(event.stream, Math.max(event.sequence, last.get(event.stream) ?? 0))
        }
        return come.length > 0
      })
      for (const [stream, sequence] of last)
        for (const event of of(stream).pending.values()) {
          if (event.sequence > sequence) break
          event.overtakenAt ??= now
        }
      return grown
    },
    giveUp(overtakenBefore) {
      const given = streams.flatMap(({ pending }) =>
        [...pending.values()].filter(({ overtakenAt = Infinity }) => overtakenAt < overtakenBefore),
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
