import { openClient } from '@saucery/client/client'
import { benchOrder, inParallel } from '../../load/load.ts'
import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'

const orders = 5000
const dayMs = 24 * 3_600_000

/** Whoever asks for ever other statistics costs no one the list of his orders. */
export const statistics: Contention = {
  promise: 'The list of orders is answered while 20 clients ask for ever other statistics',
  async prepare({ url, fetch }) {
    const client = openClient({ url, fetch: fetch.greedy, timeoutMs: 30_000 })
    let left = orders
    await inParallel(32, async () => {
      while (left-- > 0)
        await client.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })
    })
  },
  modest: {
    everyMs: 200,
    expected: [200],
    call: async ({ url, fetch }) =>
      (await fetch.modest(`${url}/orderDashboards?limit=20`, { headers: new Headers() })).status,
  },
  greedy({ url, fetch }, signal, count) {
    let n = 0
    return clients(20, signal, count, async () => {
      const since = new Date(Date.now() - dayMs - 61_000 * n++).toISOString()
      return (
        await fetch.greedy(`${url}/orderDashboards/statistics?since=${since}`, { headers: new Headers() })
      ).status
    })
  },
}
