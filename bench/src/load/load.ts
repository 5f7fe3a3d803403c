import type { LoadClient } from './http.ts'
import { waitFor } from './poll.ts'

/** Runs `work` this many times at once. */
export const inParallel = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work))

/**
 * Places orders from `clients` clients. Each waits for its answer before it places the next one.
 * @returns the orders' ids, the latency of each POST, and the time of all together, in ms
 */
export async function placeOrders(
  { place }: LoadClient,
  { orders, clients }: { orders: number; clients: number },
  signal: AbortSignal,
) {
  const ids: string[] = []
  const latencies: number[] = []
  let left = orders
  const startedAt = performance.now()
  await inParallel(clients, async () => {
    while (left > 0) {
      left -= 1
      signal.throwIfAborted()
      const sentAt = performance.now()
      ids.push(await place())
      latencies.push(performance.now() - sentAt)
    }
  })
  return { ids, latencies, ms: performance.now() - startedAt }
}

/** An order that is not delivered by then never will be. */
const STUCK_MS = 120_000

/** Waits until all these orders are delivered. Returns whether any was not delivered at the first look. */
export async function untilDelivered(
  { status }: LoadClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + STUCK_MS
  let waited = false
  for (const id of ids) {
    const isDelivered = async () => {
      const delivered = (await status(id)) === 'DELIVERED'
      waited ||= !delivered
      return delivered
    }
    await waitFor(`delivery of order ${id}`, isDelivered, {
      everyMs: 20,
      withinMs: deadline - performance.now(),
      signal,
    })
  }
  return waited
}
