import { openClient } from '@saucery/client/client'
import { benchOrder, inParallel } from '../../load/load.ts'
import { waitFor } from '../../load/poll.ts'
import type { Contention } from '../contention.ts'
import { clients } from '../measure-fairness.ts'

const orders = 2000
const dayMs = 24 * 3_600_000

/** Whoever asks for ever other statistics costs no one the list of his orders. */
export const statistics: Contention = {
  promise: 'The list of orders is answered while 20 clients ask for ever other statistics',
  async prepare({ url, fetch }) {
    const client = openClient({ url, fetch: fetch.greedy, timeoutMs: 30_000, retry: {} })
    let left = orders
    await inParallel(32, async () => {
      while (left-- > 0)
        await client.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })
    })
    // What follows an order is no part of what is measured.
    const isDone = async (status: 'PLACED' | 'PAID') =>
      (await client.get('/orderDashboards', { query: { status, limit: 1 } })).items.length === 0
    const areDone = async () => (await isDone('PLACED')) && (await isDone('PAID'))
    await waitFor('the delivery of all orders', areDone, { everyMs: 200, withinMs: 120_000 })
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
