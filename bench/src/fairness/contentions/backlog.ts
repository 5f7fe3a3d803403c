import { setTimeout as sleep } from 'node:timers/promises'
import { openClient } from '@saucery/client/client'
import { benchOrder, inParallel } from '../../load/load.ts'
import type { Contention, LoadTarget } from '../contention.ts'

const waitingOrders = 10_000

/** How long a customer looks at the page until the payment is there. */
const patienceMs = 20_000

/** New orders are paid for beside those that payment finds when it comes back. */
export const backlog: Contention = {
  promise: 'A new order is decided while payment works off the orders that it has missed',
  modest: {
    everyMs: 250,
    expected: ['decided'],
    async call(target) {
      const orders = clientOf(target, 'modest')
      const { data } = await orders.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })
      const until = performance.now() + patienceMs
      while (performance.now() < until) {
        const order = await orders.get('/orders/{id}', { path: { id: data.id } })
        if (order.status !== 'PLACED') return 'decided'
        await sleep(200)
      }
      return 'undecided'
    },
  },
  async disturb(target) {
    await Promise.all(target.programs('payment').map((payment) => payment.stop()))
    const orders = clientOf(target, 'greedy')
    let left = waitingOrders
    const place = async () => {
      while (left-- > 0)
        await orders.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })
    }
    await inParallel(32, place)
    target.say(`${waitingOrders} orders wait; payment comes back`)
    for (const payment of target.programs('payment')) payment.start()
  },
}

const clientOf = ({ url, fetch }: LoadTarget, whose: 'modest' | 'greedy') =>
  openClient({ url, fetch: fetch[whose], timeoutMs: 30_000, retry: {} })
