import { setTimeout as sleep } from 'node:timers/promises'
import { openClient } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { followLive } from '@saucery/client/live'
import { readLive } from '@saucery/client/read-live'
import { benchOrder } from '../../load/load.ts'
import type { Contention, LoadTarget } from '../contention.ts'
import { clients } from '../measure-fairness.ts'

/** Of three events each: fewer than the thousand for which a feed replays what was missed. */
const missedOrders = 180
const reconnectsPerSecond = 10

interface Reader {
  /** Called with each order that arrives. */
  readonly waiting: Map<string, () => void>
  /** The ids that it received first. */
  readonly ids: string[]
}

const readers = new WeakMap<LoadTarget, Reader>()

/** Whoever comes back to the live feed again and again costs no one his changes. */
export const replays: Contention = {
  promise: `An order is in the live feed soon while a client comes back to the feed ${reconnectsPerSecond} times a second`,
  async prepare(target) {
    const reader: Reader = { waiting: new Map(), ids: [] }
    readers.set(target, reader)
    void readFeed(target, reader).catch(() => {})
    while (reader.ids.length === 0) await sleep(50)
    for (let orders = 0; orders < missedOrders; orders++) await place(target)
  },
  modest: {
    everyMs: 500,
    expected: ['shown'],
    async call(target) {
      const orderId = await place(target)
      await new Promise<void>((resolve) => readers.get(target)?.waiting.set(orderId, resolve))
      return 'shown'
    },
  },
  greedy: (target, signal, count) =>
    clients(reconnectsPerSecond, signal, count, async () => {
      const ids = readers.get(target)?.ids ?? []
      const [status] = await Promise.all([
        resume(target, ids[Math.floor(Math.random() * ids.length)]),
        sleep(1000),
      ])
      return status
    }),
}

async function place({ url, fetch }: LoadTarget): Promise<string> {
  const orders = openClient({ url, fetch: fetch.modest, retry: {} })
  const { data } = await orders.post('/orders', { body: benchOrder, header: { prefer: 'respond-async' } })
  return (data as { id: string }).id
}

async function readFeed({ url, signal }: LoadTarget, { ids, waiting }: Reader): Promise<void> {
  for await (const { id, orders } of followLive({ client: openClient({ url }), signal })) {
    if (id !== undefined && ids.length < 20) ids.push(id)
    for (const { orderId } of orders) waiting.get(orderId)?.()
  }
}

/** Comes back to the feed, and leaves when it has all that it missed. @returns the status of the answer */
async function resume({ url }: LoadTarget, lastId: string | undefined): Promise<number> {
  try {
    for await (const { id } of readLive({ client: openClient({ url }) }, lastId)) if (id !== lastId) break
    return 200
  } catch (error) {
    if (error instanceof CallRefused) return error.status
    throw error
  }
}
