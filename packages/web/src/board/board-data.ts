import { batch, signal } from '@preact/signals'
import type { Api } from '../api/api.ts'
import { untilAnswered } from '../api/retry.ts'
import type { Order, Page } from '../api/types.ts'
import { type Connection, followLive } from '../live/live.ts'
import { endBefore, joined, newest, type Orders } from '../order/orders.ts'
import { announceMoves } from '../ui/announce.ts'
import { whileVisible } from '../ui/while-visible.ts'
import { type Filter, listQuery, liveQuery } from './filter.ts'

/** The orders that a board can show; it has the newest. */
const keep = 600
const pageSize = 200
/** Events that come together are one change of the page. */
const gatherMs = 100
const firstMs = 500
/** Orders become overdue without an event. */
const overdueAgainMs = 10_000

export type BoardData = ReturnType<typeof openBoard>

/**
 * Reads the orders of a filter, and follows what becomes of them until it is closed.
 * @param before what is shown until they have been read
 */
export function openBoard(api: Api, filter: Filter, before: Orders = new Map()) {
  const closed = new AbortController()
  const orders = signal(before)
  const connection = signal<Connection>('connecting')
  const known = signal(false)
  const loading = signal(true)
  const more = signal(false)
  const error = signal<Error | undefined>(undefined)
  let limit = keep
  /** The `until` of the next page: what is older is only here when it has moved. */
  let edge: string | undefined
  let heard: Order[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = new AbortController()
  /** What was heard since the list is being read again. */
  let meanwhile: Orders | undefined

  function show(all: Orders): void {
    const kept = newest(all, limit)
    orders.value = kept.orders
    if (!kept.cut) return
    more.value = true
    const end = endBefore(kept.orders)
    if (end !== undefined && (edge === undefined || end > edge)) edge = end
  }

  function takeHeard(): void {
    clearTimeout(timer)
    timer = undefined
    const together = heard
    heard = []
    const { orders: all, moves } = joined(orders.value, together)
    if (meanwhile) meanwhile = newest(joined(meanwhile, together).orders, keep).orders
    batch(() => show(all))
    announceMoves(moves)
  }

  function takeSoon(found: Order[]): void {
    heard.push(...found)
    timer ??= setTimeout(takeHeard, gatherMs)
  }

  const askPage = (until: string | undefined, signal: AbortSignal) => {
    const query = listQuery(filter, Date.now())
    query.set('limit', String(pageSize))
    if (until !== undefined) query.set('until', until)
    return api.get<Page<Order>>(`orderDashboards?${query}`, signal)
  }

  /** @returns undefined when it is refused, or another reading has begun */
  async function readPage(until?: string): Promise<Page<Order> | undefined> {
    reading.abort()
    const mine = new AbortController()
    reading = mine
    const signal = AbortSignal.any([mine.signal, closed.signal])
    loading.value = true
    const page = await untilAnswered(
      () => askPage(until, signal),
      signal,
      (failure) => {
        error.value = failure
      },
    )
    if (!signal.aborted) loading.value = false
    return signal.aborted ? undefined : page
  }

  function takePage({ items, next }: Page<Order>, until: string | undefined, before: Orders): void {
    batch(() => {
      error.value = undefined
      known.value = true
      more.value = next !== undefined
      edge = endBefore(new Map(items.map((order) => [order.orderId, order]))) ?? until
      show(joined(before, items).orders)
    })
  }

  /** In place of all that was known: nobody tells what became of it in the meantime. */
  async function readAnew(): Promise<void> {
    takeHeard()
    meanwhile = new Map()
    const page = await readPage()
    if (!page) return
    takeHeard()
    takePage(page, undefined, meanwhile)
    meanwhile = undefined
  }

  async function readOverdue(signal: AbortSignal): Promise<void> {
    const { items } = await askPage(undefined, signal)
    show(joined(orders.value, items).orders)
  }

  const unfollow = followLive({
    open: (headers, signal) => api.ask(`orderDashboards/live?${liveQuery(filter)}`, { headers, signal }),
    onOrders: takeSoon,
    onReset: () => {
      clearTimeout(first)
      void readAnew()
    },
    onState: (state) => {
      connection.value = state
    },
  })
  // The feed has the list read when it is open; nobody waits for one that does not open.
  const first = setTimeout(readAnew, firstMs)
  const closeOverdue = filter.overdue ? whileVisible(overdueAgainMs, readOverdue) : () => {}

  return {
    orders,
    connection,
    /** Whether the list has been read. */
    known,
    loading,
    /** Whether there are older ones than those that were read. */
    more,
    error,
    async readMore(): Promise<void> {
      limit += pageSize
      const until = edge
      const page = await readPage(until)
      if (page) takePage(page, until, orders.value)
    },
    close(): void {
      unfollow()
      closeOverdue()
      closed.abort()
      clearTimeout(timer)
      clearTimeout(first)
    },
  }
}
