import { openClient } from '@saucery/client/client'
import { benchOrder } from '../../load/load.ts'
import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'

/** Whoever asks whether the gateway is ready costs no one his order. */
export const probes: Contention = {
  promise: 'An order is accepted while 50 clients ask for /readyz without a pause',
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
      50,
      signal,
      count,
      async () => (await fetch.greedy(`${url}/readyz`, { headers: new Headers() })).status,
    ),
}
