import { signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { untilAnswered } from '../api/retry.ts'
import { endBefore, mergeViews, newest, type Orders } from '../order/orders.ts'
import { type BoardFilter, matches, ordersQuery } from './filter.ts'

const pageSize = 200

/** Orders that a board keeps, the newest; each further page raises the limit by its size. */
export const keep = 600

/** A filter's orders, of which pages are read one at a time. A new read aborts the one before. */
export function openOrderList(client: Client, filter: BoardFilter, before: Orders, closed: AbortSignal) {
  const orders = signal(before)
  const hasOlder = signal(false)
  const isRead = signal(false)
  const loading = signal(true)
  const error = signal<Error | undefined>(undefined)
  let limit = keep
  /** The `until` of the next page. An order from before it is loaded only if the feed sent it. */
  let nextUntil: string | undefined
  let current = new AbortController()

  /**
   * Replaces the orders, and drops the oldest ones beyond the limit. The feed brings others too, which push out none of
   * those that the filter is for.
   */
  function replace(all: Orders): void {
    const time = Date.now()
    const wanted = new Map([...all].filter(([, order]) => matches(order, filter, time)))
    const others = new Map([...all].filter(([id]) => !wanted.has(id)))
    const kept = newest(wanted, limit)
    orders.value = new Map([...newest(others, keep).orders, ...kept.orders])
    if (!kept.cut) return
    hasOlder.value = true
    const end = endBefore(kept.orders)
    if (end !== undefined && (nextUntil === undefined || end > nextUntil)) nextUntil = end
  }

  function getPage(until: string | undefined, signal: AbortSignal) {
    const query = { ...ordersQuery(filter, Date.now()), limit: pageSize, until }
    const lean = { ...query, timeline: 'none' as const }
    return client.get('/orderDashboards', { query: lean, signal }).catch((error) => {
      // An older dashboard, as during a deploy and after the way back, knows no `timeline`.
      if (!(error instanceof CallRefused) || error.status !== 422) throw error
      return client.get('/orderDashboards', { query, signal })
    })
  }

  /** Puts a page over the orders that are known when it arrives; leaves them when it is refused or aborted. */
  async function read(known: () => Orders, until?: string): Promise<void> {
    current.abort()
    current = new AbortController()
    const signal = AbortSignal.any([current.signal, closed])
    loading.value = true
    const page = await untilAnswered(
      () => getPage(until, signal),
      signal,
      (failure) => {
        error.value = failure
      },
    )
    if (signal.aborted) return
    loading.value = false
    if (!page) return
    const before = known()
    error.value = undefined
    isRead.value = true
    hasOlder.value = page.next !== undefined
    nextUntil = endBefore(new Map(page.items.map((order) => [order.orderId, order]))) ?? until
    replace(mergeViews(before, page.items).orders)
  }

  async function readOlder(): Promise<void> {
    // It would end a read of the whole list, and with it what that would have made up for.
    if (loading.value) return
    limit += pageSize
    return read(() => orders.value, nextUntil)
  }

  /** Adds the newest page: orders can match the filter without an event. */
  async function refresh(): Promise<void> {
    const { items, next } = await getPage(undefined, closed)
    // More than a page came since: what lies between is read by the button for older orders.
    if (next !== undefined && !items.some(({ orderId }) => orders.value.has(orderId)))
      return read(() => orders.value)
    replace(mergeViews(orders.value, items).orders)
  }

  return { orders, hasOlder, isRead, loading, error, replace, read, readOlder, refresh }
}
