import { setTimeout as sleep } from 'node:timers/promises'
import { openClient } from '@saucery/client/client'
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
    void followFeed(target, undefined, (text) => {
      for (const [, id] of text.matchAll(/^id: (.+)$/gm))
        if (id && reader.ids.length < 20) reader.ids.push(id)
      for (const [, id] of text.matchAll(/"orderId":"([^"]+)"/g)) if (id) reader.waiting.get(id)?.()
      return 'more'
    }).catch(() => {})
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
        followFeed(target, ids[Math.floor(Math.random() * ids.length)], (text) =>
          /^id: /m.test(text) ? 'enough' : 'more',
        ),
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

/** Reads a live feed until `onText` has enough. @returns the status of its answer */
async function followFeed(
  { url }: LoadTarget,
  lastId: string | undefined,
  onText: (text: string) => 'more' | 'enough',
): Promise<number> {
  const leaving = new AbortController()
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId }
  const answer = await fetch(`${url}/orderDashboards/live`, { headers, signal: leaving.signal })
  const decoder = new TextDecoder()
  let rest = ''
  try {
    if (!answer.ok || !answer.body) return answer.status
    for await (const chunk of answer.body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      if (onText(lines.join('\n')) === 'enough') break
    }
    return answer.status
  } finally {
    leaving.abort()
  }
}
