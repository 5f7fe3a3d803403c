import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchClients, orderStatus, placeOne } from '../load/load.ts'
import { waitFor } from '../load/poll.ts'
import { spreadOf } from '../report/statistics.ts'

const PER_SECOND = 20

/** Places orders at a steady rate, without waiting for the earlier ones. */
export async function measureLatency(running: BenchClients, seconds: number, perSecond = PER_SECOND) {
  const startedAt = performance.now()
  const placed: ReturnType<typeof placeAndFollow>[] = []
  for (let i = 0; i < seconds * perSecond; i += 1) {
    const dueIn = startedAt + (i * 1000) / perSecond - performance.now()
    await sleep(Math.max(0, dueIn), undefined, { signal: running.signal })
    const order = placeAndFollow(running)
    // Awaited below: until then a failure is not unhandled.
    order.catch(() => {})
    placed.push(order)
  }
  const orders = await Promise.all(placed)
  return {
    ordersPerSecond: perSecond,
    seconds,
    post: spreadOf(orders.map(({ post }) => post)),
    delivering: spreadOf(orders.map(({ delivering }) => delivering)),
  }
}

/** The time in ms from before the POST until its answer, and until the dashboard shows DELIVERING. */
async function placeAndFollow(running: BenchClients) {
  const { signal } = running
  const startedAt = performance.now()
  const id = await placeOne(running)
  const post = performance.now() - startedAt
  const isDelivering = async () => (await orderStatus(running, id)) === 'DELIVERING'
  await waitFor(`DELIVERING for order ${id}`, isDelivering, { everyMs: 3, withinMs: 30_000, signal })
  return { post, delivering: performance.now() - startedAt }
}
