import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './http.ts'

export interface Placed {
  readonly ids: string[]
  /** Of each POST, in ms. */
  readonly latencies: number[]
  readonly ms: number
}

/** Places orders as fast as the answers come, from `clients` clients that each wait for theirs. */
export async function placeOrders(
  { place }: Client,
  { orders, clients }: { orders: number; clients: number },
  signal: AbortSignal,
): Promise<Placed> {
  const ids: string[] = []
  const latencies: number[] = []
  let left = orders
  const began = performance.now()
  async function oneClient(): Promise<void> {
    while (left > 0) {
      left -= 1
      signal.throwIfAborted()
      const sent = performance.now()
      ids.push(await place())
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: clients }, oneClient))
  return { ids, latencies, ms: performance.now() - began }
}

/** A saga that has not ended by then never will. */
const STUCK_MS = 120_000
const POLL_MS = 20

/** Resolves when all these orders are delivered, with whether any was not when it was first looked at. */
export async function untilDelivered(
  { status }: Client,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + STUCK_MS
  let waited = false
  for (const id of ids) {
    for (let found = await status(id); found !== 'DELIVERED'; found = await status(id)) {
      signal.throwIfAborted()
      if (performance.now() > deadline) throw new Error(`order ${id} is still ${found ?? 'unknown'}`)
      waited = true
      await sleep(POLL_MS)
    }
  }
  return waited
}
