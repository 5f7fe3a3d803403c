import { benchOrder } from '../../load/load.ts'
import type { Contention } from '../contention.ts'
import { atRate } from '../measure-fairness.ts'
import { callAs, oneProxy } from './caller.ts'

let calls = 0

export const paymentAway: Contention = {
  promise: 'Orders and lists go on while payment is away and 100 orders a second wait for it',
  env: oneProxy,
  modest: {
    everyMs: 100,
    expected: [200, 202],
    call: (target) =>
      calls++ % 2 === 0
        ? callAs(target, 'modest', '/orders?limit=20')
        : callAs(target, 'modest', '/orders', { prefer: 'respond-async', order: benchOrder }),
  },
  disturb: (target) => Promise.all(target.programs('payment').map((payment) => payment.stop())),
  greedy: (target, signal, count) =>
    atRate(100, signal, async () => {
      const answer = callAs(target, 'greedy', '/orders', { prefer: 'wait=60', order: benchOrder, signal })
      count(await answer.catch(() => 'left'))
    }),
}
