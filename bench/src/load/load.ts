import type { Client } from '@saucery/client/client'
import { ifFound } from '@saucery/client/errors'
import { waitFor } from './poll.ts'

export interface BenchClients {
  readonly orders: Client
  /** Past the gateway: reading must cost as little as possible of what is measured. */
  readonly views: Client
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export const benchOrder = { branchId: '1', sauceId: '1', qty: 10, price: 10_000 }

/** Runs `work` this many times at once. */
export const inParallel = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work))

/** Places an order; returns its id. */
export async function placeOne({ orders }: BenchClients): Promise<string> {
  const { status, data } = await orders.post('/orders', { body: benchOrder })
  if (status !== 201) throw new Error(`POST /orders was answered with ${status}: ${JSON.stringify(data)}`)
  return data.id
}

/** The order's status on the dashboard; undefined while the dashboard does not know the order. */
export const orderStatus = async ({ views }: BenchClients, id: string) =>
  (await ifFound(views.get('/orderDashboards/{id}', { path: { id } })))?.status

/**
 * Places orders from several clients at once. Each waits for its answer before it places the next one.
 * @returns the orders' ids, the latency of each POST, and the time of all together, in ms
 */
export async function placeOrders(running: BenchClients, size: { orders: number; clients: number }) {
  const ids: string[] = []
  const latencies: number[] = []
  let left = size.orders
  const startedAt = performance.now()
  await inParallel(size.clients, async () => {
    while (left > 0) {
      left -= 1
      running.signal.throwIfAborted()
      const sentAt = performance.now()
      ids.push(await placeOne(running))
      latencies.push(performance.now() - sentAt)
    }
  })
  return { ids, latencies, ms: performance.now() - startedAt }
}

/** An order that is not there by then never will be. */
const STUCK_MS = 120_000

/** Waits until all these orders are delivered. Returns whether any was not delivered at the first look. */
export const untilDelivered = (running: BenchClients, ids: readonly string[]) =>
  untilShown(running, ids, 'DELIVERED')

/** Waits until the dashboard shows all these orders in `status`. Returns whether any was not at the first look. */
export async function untilShown(
  running: BenchClients,
  ids: readonly string[],
  status: 'DELIVERING' | 'DELIVERED',
): Promise<boolean> {
  const { signal } = running
  const deadline = performance.now() + STUCK_MS
  let waited = false
  for (const id of ids) {
    const isShown = async () => {
      const shown = (await orderStatus(running, id)) === status
      waited ||= !shown
      return shown
    }
    const withinMs = deadline - performance.now()
    await waitFor(`${status} of order ${id}`, isShown, { everyMs: 20, withinMs, signal })
  }
  return waited
}
