import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openClient } from '@saucery/client/client'
import { benchOrder, inParallel } from '../../load/load.ts'
import { waitFor } from '../../load/poll.ts'
import type { Contention, LoadTarget } from '../contention.ts'

const lostOrders = 5000

/** A broker that comes back from an old copy of its disk. */
export const repair: Contention = {
  promise: 'An order is accepted while the events that the broker has lost are published again',
  modest: { everyMs: 100, expected: [202], call: async (target) => (await place(target, 'modest')).status },
  async disturb(target) {
    const { nats } = target.system.servers
    const [disk, copy] = [join(target.dataDir, 'nats'), join(target.dataDir, 'nats-copy')]
    const whileStopped = async (change: () => Promise<void>) => {
      await nats.stop()
      await change()
      nats.start()
    }
    await whileStopped(() => cp(disk, copy, { recursive: true }))
    let left = lostOrders
    await inParallel(32, async () => {
      while (left-- > 0) await place(target, 'greedy')
    })
    await allDelivered(target)
    target.say(`The broker loses ${lostOrders} orders and what followed from them`)
    await whileStopped(async () => {
      await rm(disk, { recursive: true })
      await cp(copy, disk, { recursive: true })
    })
  },
}

const place = ({ url, fetch }: LoadTarget, whose: 'modest' | 'greedy') =>
  openClient({ url, fetch: fetch[whose], timeoutMs: 30_000, retry: {} }).post('/orders', {
    body: benchOrder,
    header: { prefer: 'respond-async' },
  })

/** Until then the loss would take nothing but the backlog. */
const allDelivered = ({ url, fetch, signal }: LoadTarget) =>
  waitFor(
    'the delivery of all orders',
    async () => {
      const orders = openClient({ url, fetch: fetch.greedy, retry: {} })
      const { items } = await orders.get('/orders', { query: { status: 'PLACED', limit: 1 } })
      return items.length === 0
    },
    { everyMs: 500, withinMs: 120_000, signal },
  )
