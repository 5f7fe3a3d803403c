import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'
import { callAs, oneProxy, placesOrder } from './caller.ts'

/** Whoever reads as fast as he can costs no one his order. */
export const reads: Contention = {
  promise: 'An order is accepted while 20 clients read lists without a pause',
  env: oneProxy,
  modest: placesOrder,
  greedy: (target, signal, count) =>
    clients(20, signal, count, () => callAs(target, 'greedy', '/orders?limit=100')),
}
