import { signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import type { LiveConnection } from '@saucery/client/live'
import type { OrderView } from '@saucery/client/schemas'
import { followSharedFeed } from '../live/shared-feed.ts'
import { announceMoves } from '../order/announce-moves.ts'
import { mergeViews, newest, type Orders } from '../order/orders.ts'
import { gather } from '../ui/gather.ts'
import { pollWithoutFeed, whileVisible } from '../ui/while-visible.ts'
import { type BoardFilter, liveQuery } from './filter.ts'
import { keep, openOrderList } from './order-list.ts'

/** Changes within this time are drawn together. */
const gatherMs = 100
/** Orders become overdue without an event. */
const overdueEveryMs = 10_000

export type BoardData = ReturnType<typeof openBoard>

interface BoardOptions {
  /** Shown until the orders are read. */
  readonly before?: Orders | undefined
  /**
   * For so long the list waits for the feed: read before the feed's first id it would have to be read again.
   * (board-data.test: "reads the list once where the feed comes at once")
   */
  readonly feedFirstMs?: number
}

/**
 * Reads a filter's orders, and follows their changes until it is closed.
 * @param audience callers who may see the same orders have the same
 */
export function openBoard(client: Client, audience: string, filter: BoardFilter, options: BoardOptions = {}) {
  const { before = new Map(), feedFirstMs = 500 } = options
  const closed = new AbortController()
  const list = openOrderList(client, filter, before, closed.signal)
  const { orders, hasOlder, isRead, loading, error, readOlder } = list
  const connection = signal<LiveConnection>('connecting')
  /** The changes that came while the whole list is read again. */
  let duringReload: Orders | undefined
  let reading: Promise<void> | undefined

  const changes = gather<OrderView>(gatherMs, (views) => {
    const merged = mergeViews(orders.value, views)
    if (duringReload) duringReload = newest(mergeViews(duringReload, views).orders, keep).orders
    list.replace(merged.orders)
    announceMoves(merged.moves)
  })

  /** Replaces all orders: the feed cannot tell which changes were missed. (board-data.test) */
  async function reload(): Promise<void> {
    // Over a slow network the first answer is worth showing, though it has to be read again for a late feed.
    // (board-data.test: "shows the first list, and reads it again for a feed that comes later")
    if (!isRead.value) await reading
    if (closed.signal.aborted) return
    changes.flush()
    duringReload = new Map()
    reading = list.read(() => {
      changes.flush()
      const known = duringReload ?? new Map()
      duringReload = undefined
      return known
    })
    await reading
  }

  const withoutFeed = setTimeout(() => void reload(), feedFirstMs)
  followSharedFeed({
    client,
    audience,
    query: liveQuery(filter),
    stopped: closed.signal,
    connection,
    onOrders: changes.add,
    onReset() {
      clearTimeout(withoutFeed)
      void reload()
    },
  })
  pollWithoutFeed(connection, closed.signal, async () => {
    if (!loading.value) await list.refresh()
  })
  if (filter.overdue) whileVisible(overdueEveryMs, closed.signal, list.refresh)

  function close(): void {
    clearTimeout(withoutFeed)
    closed.abort()
    changes.close()
  }

  return { orders, hasOlder, isRead, loading, error, connection, readOlder, close }
}
