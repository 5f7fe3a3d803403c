import { setTimeout as sleep } from 'node:timers/promises'
import { benchOrder } from '../../load/load.ts'
import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'
import { callAs, oneProxy, placesOrder } from './caller.ts'

const greedyClients = 500
const inTimeMs = 2000
/** At 500 clients that is more than ten times what two cores answer, and leaves the clients time to measure. */
const pauseMs = 200

export const overload: Contention = {
  promise: 'Orders are accepted within 2 s while 500 clients place orders, each again 200 ms after a refusal',
  env: oneProxy,
  modest: placesOrder,
  greedy: (target, signal, count) =>
    clients(
      greedyClients,
      signal,
      () => {},
      async () => {
        const sentAt = performance.now()
        const order = { prefer: 'respond-async', order: benchOrder, signal: AbortSignal.timeout(10_000) }
        const outcome = await callAs(target, 'greedy', '/orders', order).catch(() => 'no answer in 10 s')
        const isLate = performance.now() - sentAt > inTimeMs
        count(isLate && typeof outcome === 'number' ? `${outcome} after 2 s` : outcome)
        if (outcome === 503) await sleep(pauseMs)
        return outcome
      },
    ),
}
