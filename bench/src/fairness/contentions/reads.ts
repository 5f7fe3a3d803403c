import { openClient } from '@saucery/client/client'
import { benchOrder } from '../../load/load.ts'
import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'

/** Whoever reads as fast as he can costs no one his order. */
export const reads: Contention = {
  promise: 'An order is accepted while 20 clients read lists without a pause',
  modest: {
    everyMs: 100,
    expected: [202],
    async call({ url, fetch }) {
      const orders = openClient({ url, fetch: fetch.modest })
      return (await orders.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })).status
    },
  },
  greedy: ({ url, fetch }, signal, count) =>
    clients(
      20,
      signal,
      count,
      async () => (await fetch.greedy(`${url}/orders?limit=100`, { headers: new Headers() })).status,
    ),
}
