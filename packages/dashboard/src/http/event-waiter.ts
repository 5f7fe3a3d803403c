import type { Log } from '@saucery/chassis/telemetry/log'
import { reasonOf } from '@saucery/messaging/log'
import type { AwaitedEvent, ViewQueries } from '../store/view-queries.ts'
import type { OrderView } from '../view/order-view.ts'

export interface EventWaiterOptions {
  readonly views: Pick<ViewQueries, 'having'>
  readonly log: Log
  /** How often to look for what another replica wrote. */
  readonly lookEveryMs?: number
  readonly maxWaiting?: number
}

export interface EventWaiter {
  /**
   * Resolves with the order's view as soon as it has the event; with nothing when that does not come in time, the
   * client leaves, or all end. Undefined at once where too many wait already.
   */
  wait(
    awaited: AwaitedEvent,
    waitMs: number,
    signal?: AbortSignal,
  ): { readonly view: Promise<OrderView | undefined> } | undefined
  /** This replica wrote the order: whoever waits for it need not wait for the next look. */
  heard(orderId: string): void
  /** How many wait. */
  waiting(): number
  /** Ends every wait now, as if its time had come, and those to come. */
  end(): void
}

interface Waiter extends AwaitedEvent {
  resolve(view?: OrderView): void
}

/** What one look asks for. */
const ordersInALook = 100

/**
 * Lets requests wait for events. One look at a time for all who wait, so that a thousand of them cost the store no
 * more than a few requests.
 */
export function openEventWaiter(options: EventWaiterOptions): EventWaiter {
  const { views, log, lookEveryMs = 100, maxWaiting = 1000 } = options
  const waiting = new Set<Waiter>()
  const toLook = new Set<string>()
  let looking = false
  let ended = false
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    if (looking) return
    looking = true
    // What is written together is heard of in one turn.
    setImmediate(async () => {
      try {
        while (toLook.size > 0) await lookAt([...toLook].slice(0, ordersInALook))
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'not seen whether events have arrived')
      } finally {
        looking = false
      }
    })
  }

  async function lookAt(orderIds: string[]): Promise<void> {
    for (const orderId of orderIds) toLook.delete(orderId)
    const of = new Set(orderIds)
    const asked = [...waiting].filter(({ orderId }) => of.has(orderId))
    if (asked.length === 0) return
    for (const view of await views.having(asked)) {
      const has = new Set(view.timeline.map(({ id }) => id))
      for (const waiter of asked)
        if (waiter.orderId === view._id && has.has(waiter.eventId)) waiter.resolve(view)
    }
  }

  function lookAtAll(): void {
    for (const { orderId } of waiting) toLook.add(orderId)
    look()
  }

  function arrival(
    awaited: AwaitedEvent,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<OrderView | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => waiter.resolve(), waitMs)
      const leave = () => waiter.resolve()
      const waiter: Waiter = {
        ...awaited,
        resolve(view) {
          clearTimeout(late)
          signal?.removeEventListener('abort', leave)
          waiting.delete(waiter)
          if (waiting.size === 0) {
            clearInterval(timer)
            timer = undefined
          }
          resolve(view)
        },
      }
      waiting.add(waiter)
      timer ??= setInterval(lookAtAll, lookEveryMs)
      signal?.addEventListener('abort', leave)
      if (ended || signal?.aborted) return waiter.resolve()
      // It may have come since the caller looked.
      toLook.add(awaited.orderId)
      look()
    })
  }

  return {
    wait: (awaited, waitMs, signal) =>
      waiting.size < maxWaiting ? { view: arrival(awaited, waitMs, signal) } : undefined,
    heard(orderId) {
      if (waiting.size === 0) return
      toLook.add(orderId)
      look()
    },
    waiting: () => waiting.size,
    end() {
      ended = true
      for (const waiter of [...waiting]) waiter.resolve()
    },
  }
}
