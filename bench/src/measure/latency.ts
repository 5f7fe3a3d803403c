import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../load/http.ts'
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
const POLL_MS = 3
const LOST_MS = 30_000

/** Places orders at a steady rate, whether or not the earlier ones have got anywhere. */
export async function measureLatency(client: Client, seconds: number, signal: AbortSignal): Promise<Latency> {
  const began = performance.now()
  const under: Promise<{ post: number; delivering: number }>[] = []
  for (let i = 0; i < seconds * PER_SECOND; i += 1) {
    await sleep(Math.max(0, began + (i * 1000) / PER_SECOND - performance.now()), undefined, { signal })
    const order = follow(client, signal)
    // Awaited below: until then a failure is not unhandled.
    order.catch(() => {})
    under.push(order)
  }
  const orders = await Promise.all(under)
  return {
    ordersPerSecond: PER_SECOND,
    seconds,
    post: spreadOf(orders.map(({ post }) => post)),
    delivering: spreadOf(orders.map(({ delivering }) => delivering)),
  }
}

async function follow({ place, status }: Client, signal: AbortSignal) {
  const began = performance.now()
  const id = await place()
  const post = performance.now() - began
  while ((await status(id)) !== 'DELIVERING') {
    signal.throwIfAborted()
    if (performance.now() - began > LOST_MS) throw new Error(`order ${id} does not get to DELIVERING`)
    await sleep(POLL_MS)
  }
  return { post, delivering: performance.now() - began }
}
