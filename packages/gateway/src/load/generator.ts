import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { OrderPlan } from '@saucery/contracts/order-plans'
import { drawPlan, type Mix, openPacer } from './plan.ts'

/** @returns the status of the answer; rejects without one */
export type Send = (
  service: 'order' | 'delivery',
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly found: unknown }>

export interface SentLoad {
  readonly perSecond: number
  readonly mix?: Mix | undefined
}

/** Orders that are being placed at once. More would only queue, here and at the services. */
const mostPlacing = 200
/** Orders on their way whose courier or customer is played here. Those beyond are left to their deadlines. */
const mostFollowed = 3000
const tickMs = 50
/** When a courier looks for the delivery, after each other. */
const looksAfterMs = [500, 1000, 2000, 4000, 8000, 15_000, 30_000]

/**
 * Places orders at a rate, and does what a person would do with them. It never sends more than its limits, however slow
 * the answers are.
 */
export function openGenerator(send: Send) {
  const due = openPacer()
  const sent = { placed: 0, refused: 0 }
  let load: SentLoad | undefined
  let [placing, following] = [0, 0]
  const ended = new AbortController()
  // Each order that is followed listens to it. Node would report more than ten as a leak.
  setMaxListeners(0, ended.signal)
  const timer = setInterval(tick, tickMs)

  function tick(): void {
    const orders = due(load?.perSecond ?? 0)
    for (let i = 0; i < orders && load; i++) {
      if (placing >= mostPlacing) sent.refused += 1
      else void place(drawPlan(load.mix))
    }
  }

  async function place(plan: OrderPlan): Promise<void> {
    placing += 1
    const id = await send('order', 'POST', '/orders', plan.order)
      .then(({ status, found }) => (status === 201 ? (found as { id: string }).id : undefined))
      .catch(() => undefined)
    placing -= 1
    if (id === undefined) sent.refused += 1
    else {
      sent.placed += 1
      await follow(plan, id)
    }
  }

  /** What fails is left as it is: the order goes its other way. */
  async function follow({ act }: OrderPlan, id: string): Promise<void> {
    if (!act || following >= mostFollowed) return
    following += 1
    const service = act.call === 'cancel' ? 'order' : 'delivery'
    const path = act.call === 'cancel' ? `/orders/${id}/cancel` : `/deliveries/${id}/${act.call}`
    try {
      if (act.when === 'at once') await send(service, 'POST', path)
      else
        for (const ms of looksAfterMs) {
          await delay(ms, undefined, { signal: ended.signal })
          // A cancel would be accepted before the delivery has begun.
          if (service === 'order' && (await send('delivery', 'GET', `/deliveries/${id}`)).status === 404)
            continue
          if ((await send(service, 'POST', path)).status !== 404) break
        }
    } catch {
      // Nobody answers, or this process stops.
    }
    following -= 1
  }

  return {
    set(next: SentLoad | undefined): void {
      load = next
    },
    /** The orders since the last call. */
    take() {
      const taken = { ...sent }
      sent.placed = 0
      sent.refused = 0
      return taken
    },
    stop(): void {
      clearInterval(timer)
      load = undefined
      ended.abort()
    },
  }
}
