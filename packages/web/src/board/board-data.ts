import { batch, signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import type { OrderView, Page } from '@saucery/client/schemas'
import { followLive } from '../live/live.ts'
import type { Connection } from '../live/read-feed.ts'
import { announceMoves } from '../order/announce-moves.ts'
import { mergeViews, newest, type Orders } from '../order/orders.ts'
import { gather } from '../ui/gather.ts'
import { whileVisible } from '../ui/while-visible.ts'
import { type BoardFilter, liveQuery } from './filter.ts'
import { openListReader, pageSize } from './list-reader.ts'
import { keep, loadedOrders, setOrders, setPage } from './loaded-orders.ts'

/** Changes within this time are drawn together. */
const gatherMs = 100
/** The list is read after this time where the feed has not opened by then. */
const feedLateMs = 500
/** Orders become overdue without an event. */
const overdueEveryMs = 10_000

export type BoardData = ReturnType<typeof openBoard>

/**
 * Reads a filter's orders, and follows their changes until it is closed.
 * @param before shown until the orders are read
 */
export function openBoard(client: Client, filter: BoardFilter, before: Orders = new Map()) {
  const closed = new AbortController()
  const loaded = loadedOrders(before)
  const list = openListReader(client, filter, closed.signal)
  const connection = signal<Connection>('connecting')
  const isRead = signal(false)
  /** The changes that came while the whole list is read again. */
  let duringReload: Orders | undefined

  const changes = gather<OrderView>(gatherMs, (views) => {
    const { orders, moves } = mergeViews(loaded.orders.value, views)
    if (duringReload) duringReload = newest(mergeViews(duringReload, views).orders, keep).orders
    batch(() => setOrders(loaded, orders))
    announceMoves(moves)
  })

  const showPage = (page: Page<OrderView>, until: string | undefined, known: Orders) =>
    batch(() => {
      list.error.value = undefined
      isRead.value = true
      setPage(loaded, page, until, known)
    })

  /** Replaces all orders: the feed cannot tell which changes were missed. (board-data.test) */
  async function reload(): Promise<void> {
    changes.flush()
    duringReload = new Map()
    const page = await list.read()
    if (!page) return
    changes.flush()
    showPage(page, undefined, duringReload)
    duringReload = undefined
  }

  async function addOverdue(): Promise<void> {
    const { items } = await list.getPage(undefined, closed.signal)
    setOrders(loaded, mergeViews(loaded.orders.value, items).orders)
  }

  const withoutFeed = setTimeout(reload, feedLateMs)
  void followLive({
    client,
    query: liveQuery(filter),
    stopped: closed.signal,
    connection,
    onOrders: changes.add,
    onReset() {
      clearTimeout(withoutFeed)
      void reload()
    },
  })
  if (filter.overdue) whileVisible(overdueEveryMs, addOverdue, closed.signal)

  return {
    orders: loaded.orders,
    hasOlder: loaded.hasOlder,
    loading: list.loading,
    error: list.error,
    connection,
    isRead,
    async readOlder(): Promise<void> {
      loaded.limit += pageSize
      const until = loaded.nextUntil
      const page = await list.read(until)
      if (page) showPage(page, until, loaded.orders.value)
    },
    close(): void {
      closed.abort()
      changes.close()
      clearTimeout(withoutFeed)
    },
  }
}
