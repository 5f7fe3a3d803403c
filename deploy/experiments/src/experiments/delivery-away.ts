import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { rolledOut, scale } from '../cluster/kubectl.ts'
import { podsOf } from '../cluster/pods.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

export const deliveryAway: Experiment = {
  summary: 'delivery is scaled to zero while orders arrive, and back: it catches up',
  async run() {
    await scale('delivery', 0)
    await waitFor('the end of delivery', async () => (await podsOf('delivery')).length === 0)
    const traffic = await startTraffic('delivery-away', { orders: 200 })
    await sleep(20_000)
    await scale('delivery', 1)
    const backAt = Date.now()
    await rolledOut('deployment/delivery')
    const outcome = await traffic()
    const { 201: _, ...others } = outcome.answers
    const refused = Object.values(others).reduce((sum, count) => sum + count, 0)
    return [
      promised('orders refused while delivery was away', refused, refused === 0),
      ...nothingLost(outcome),
      reported('all orders had ended, after delivery was back', secondsSince(backAt)),
    ]
  },
}
