import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchClients, orderStatus, placeOne } from '../load/load.ts'
import { waitFor } from '../load/poll.ts'
import { type Spread, spreadOf } from '../report/statistics.ts'

export interface Latency {
  readonly ordersPerSecond: number
  readonly seconds: number
  /** From before the POST until its answer, in ms. */
  readonly post: Spread
  /** From before the POST until the dashboard shows DELIVERING, in ms. */
  readonly delivering: Spread
}

const PER_SECOND = 20

/** Places orders at a steady rate, without waiting for the earlier ones. */
export async function measureLatency(clients: BenchClients, seconds: number): Promise<Latency> {
  const startedAt = performance.now()
  const placed: Promise<{ post: number; delivering: number }>[] = []
  for (let i = 0; i < seconds * PER_SECOND; i += 1) {
    const dueIn = startedAt + (i * 1000) / PER_SECOND - performance.now()
    await sleep(Math.max(0, dueIn), undefined, { signal: clients.signal })
    const order = placeAndFollow(clients)
    // Awaited below: until then a failure is not unhandled.
    order.catch(() => {})
    placed.push(order)
  }
  const orders = await Promise.all(placed)
  return {
    ordersPerSecond: PER_SECOND,
    seconds,
    post: spreadOf(orders.map(({ post }) => post)),
    delivering: spreadOf(orders.map(({ delivering }) => delivering)),
  }
}

async function placeAndFollow(clients: BenchClients) {
  const startedAt = performance.now()
  const id = await placeOne(clients)
  const post = performance.now() - startedAt
  const isDelivering = async () => (await orderStatus(clients, id)) === 'DELIVERING'
  const polling = { everyMs: 3, withinMs: 30_000, signal: clients.signal }
  await waitFor(`DELIVERING for order ${id}`, isDelivering, polling)
  return { post, delivering: performance.now() - startedAt }
}
