import { batch, signal } from '@preact/signals'
import { announceMoves } from './announce.ts'
import { api } from './client.ts'
import { type Filter, listQuery, liveQuery } from './filter.ts'
import { type Connection, followLive } from './live.ts'
import { endBefore, joined, newest, type Orders } from './orders.ts'
import { untilAnswered } from './retry.ts'
import type { Order, Page } from './types.ts'

/** The orders that a board can show; it has the newest. */
const keep = 600
const pageSize = 200
/** Events that come together are one change of the page. */
const gatherMs = 100

export type BoardData = ReturnType<typeof openBoard>

/** Reads the orders of a filter, and follows what becomes of them until it is closed. */
export function openBoard(filter: Filter) {
  const closed = new AbortController()
  const orders = signal<Orders>(new Map())
  const connection = signal<Connection>('connecting')
  const loading = signal(true)
  const more = signal(false)
  const error = signal<Error | undefined>(undefined)
  let limit = keep
  /** The `until` of the next page: what is older is only here when it has moved. */
  let edge: string | undefined
  let heard: Order[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function take(found: readonly Order[], announce: boolean): void {
    const { orders: all, moves } = joined(orders.value, found)
    const kept = newest(all, limit)
    orders.value = kept.orders
    if (kept.cut) {
      more.value = true
      const end = endBefore(kept.orders)
      if (end !== undefined && (edge === undefined || end > edge)) edge = end
    }
    if (announce) announceMoves(moves)
  }

  function takeSoon(found: Order[]): void {
    heard.push(...found)
    timer ??= setTimeout(() => {
      timer = undefined
      const together = heard
      heard = []
      batch(() => take(together, true))
    }, gatherMs)
  }

  async function readPage(until?: string): Promise<void> {
    const query = listQuery(filter, Date.now())
    query.set('limit', String(pageSize))
    if (until !== undefined) query.set('until', until)
    loading.value = true
    const page = await untilAnswered(
      () => api.get<Page<Order>>(`orderDashboards?${query}`, closed.signal),
      closed.signal,
      (failure) => {
        error.value = failure
      },
    )
    loading.value = false
    if (page)
      batch(() => {
        error.value = undefined
        more.value = page.next !== undefined
        edge = endBefore(new Map(page.items.map((order) => [order.orderId, order]))) ?? until
        take(page.items, false)
      })
  }

  const unfollow = followLive({
    open: (headers, signal) => api.ask(`orderDashboards/live?${liveQuery(filter)}`, { headers, signal }),
    onOrders: takeSoon,
    onReset: () => void readPage(),
    onState: (state) => {
      connection.value = state
    },
  })
  void readPage()

  return {
    orders,
    connection,
    loading,
    /** Whether there are older ones than those that were read. */
    more,
    error,
    readMore(): Promise<void> {
      limit += pageSize
      return readPage(edge)
    },
    close(): void {
      unfollow()
      closed.abort()
      clearTimeout(timer)
    },
  }
}
