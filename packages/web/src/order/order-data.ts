import { signal } from '@preact/signals'
import { type Api, Refused } from '../api/api.ts'
import { isOnItsWay, untilAnswered } from '../api/retry.ts'
import type { Order } from '../api/types.ts'
import { type Connection, followLive } from '../live/live.ts'
import { announceMoves } from '../ui/announce.ts'
import { joined } from './orders.ts'

/**
 * Reads one order, and follows what becomes of it until it is closed.
 * @param after the event that has to be in it: who has just written reads what was written
 */
export function openOrder(api: Api, orderId: string, after?: string) {
  const closed = new AbortController()
  const order = signal<Order | undefined>(undefined)
  const connection = signal<Connection>('connecting')
  const error = signal<Error | undefined>(undefined)
  const isWritten = after !== undefined

  function take(heard: readonly Order[]): void {
    const known = new Map(order.value ? [[orderId, order.value]] : [])
    const one = heard.filter((it) => it.orderId === orderId)
    const { orders, moves } = joined(known, one)
    order.value = orders.get(orderId)
    if (order.value) error.value = undefined
    // What it is at first is in the heading that is read.
    announceMoves(moves.filter(({ from }) => from !== undefined))
  }

  /** Who asks has just written it: whoever does not know it yet will. */
  const isToCome = (failure: Error) =>
    isOnItsWay(failure) || (isWritten && failure instanceof Refused && failure.status === 404)

  async function read(eventId?: string): Promise<void> {
    const path = `orderDashboards/${encodeURIComponent(orderId)}`
    const withEvent = eventId === undefined ? path : `${path}?after=${encodeURIComponent(eventId)}`
    const headers: Record<string, string> = eventId === undefined ? {} : { prefer: 'wait=5' }
    const found = await untilAnswered(
      () => api.get<Order>(withEvent, closed.signal, headers),
      closed.signal,
      (failure) => {
        // While the event is on its way the feed may be faster.
        if (!order.value && !isToCome(failure)) error.value = failure
      },
    )
    if (found) take([found])
  }

  const unfollow = followLive({
    open: (headers, signal) =>
      api.ask(`orderDashboards/live?${new URLSearchParams({ orderId })}`, { headers, signal }),
    onOrders: take,
    onReset: () => void read(),
    onState: (state) => {
      connection.value = state
    },
  })
  void read(after)

  return {
    order,
    connection,
    error,
    /** Reads the order once the event is in it. */
    readAfter: read,
    close(): void {
      unfollow()
      closed.abort()
    },
  }
}
