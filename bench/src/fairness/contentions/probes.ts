import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'
import { callAs, oneProxy, placesOrder } from './caller.ts'

/** Whoever asks whether the gateway is ready costs no one his order. */
export const probes: Contention = {
  promise: 'An order is accepted while 50 clients ask for /readyz without a pause',
  env: oneProxy,
  modest: placesOrder,
  greedy: (target, signal, count) => clients(50, signal, count, () => callAs(target, 'greedy', '/readyz')),
}
