import { inParallel, placeOne } from '@saucery/bench/load/load'
import { spreadOf } from '@saucery/bench/report/statistics'
import { CallRefused } from '@saucery/client/errors'
import type { PeerUnderTest } from '../run/with-peer.ts'

export const connectionCounts = [1, 8, 32, 256, 1000] as const

/** The latency of a POST from this many connections at once, each of which waits for its answer before the next. */
export async function measureConnections(running: PeerUnderTest, connections: number, orders: number) {
  const latencies: number[] = []
  let refused = 0
  let left = Math.max(orders, 4 * connections)
  await inParallel(connections, async () => {
    while (left > 0) {
      left -= 1
      running.signal.throwIfAborted()
      const sentAt = performance.now()
      try {
        await placeOne(running)
        latencies.push(performance.now() - sentAt)
      } catch (error) {
        if (!(error instanceof CallRefused && error.status === 503)) throw error
        refused += 1
      }
    }
  })
  return { ...spreadOf(latencies), refused }
}
