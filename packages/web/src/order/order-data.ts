import { signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import type { LiveConnection } from '@saucery/client/live'
import type { OrderView } from '@saucery/client/schemas'
import { untilAnswered } from '../api/retry.ts'
import { followSharedFeed } from '../live/shared-feed.ts'
import { pollWithoutFeed } from '../ui/while-visible.ts'
import { announceMoves } from './announce-moves.ts'
import { mergeViews } from './orders.ts'

/**
 * Reads one order, and follows its changes until it is closed.
 * @param audience callers who may see the same orders have the same
 * @param after the id of an event that the first answer has to include: the page has just caused it
 */
export function openOrder(client: Client, audience: string, orderId: string, after: string | null) {
  const closed = new AbortController()
  const order = signal<OrderView | undefined>(undefined)
  const connection = signal<LiveConnection>('connecting')
  const error = signal<Error | undefined>(undefined)

  function show(views: readonly OrderView[]): void {
    const known = new Map(order.value ? [[orderId, order.value]] : [])
    const own = views.filter((it) => it.orderId === orderId)
    const { orders, moves } = mergeViews(known, own)
    order.value = orders.get(orderId)
    if (order.value) error.value = undefined
    // The page's heading tells the first status.
    announceMoves(moves.filter(({ from }) => from !== undefined))
  }

  /** The dashboard has yet to receive what this page has just caused. */
  const isOnItsWay = (failure: Error) =>
    failure instanceof CallRefused &&
    (failure.code === 'event-not-arrived' || (after !== null && failure.status === 404))

  /** Reads the order, once the event with this id is in it. */
  async function read(eventId?: string): Promise<void> {
    const path = { id: orderId }
    const query = { after: eventId }
    const header = { prefer: eventId === undefined ? undefined : 'wait=5' }
    const found = await untilAnswered(
      () => client.get('/orderDashboards/{id}', { path, query, header, signal: closed.signal }),
      closed.signal,
      (failure) => {
        // No error while the event is on its way: the feed may bring it first.
        if (!order.value && !isOnItsWay(failure)) error.value = failure
      },
    )
    if (found) show([found])
  }

  followSharedFeed({
    client,
    audience,
    query: { orderId },
    stopped: closed.signal,
    connection,
    onOrders: show,
    onReset: () => void read(),
  })
  const firstRead = read(after ?? undefined)
  pollWithoutFeed(connection, closed.signal, () => firstRead.then(() => read()))

  return { order, connection, error, read, close: () => closed.abort() }
}
