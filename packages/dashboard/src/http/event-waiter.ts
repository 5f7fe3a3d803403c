import { openWaitPlaces } from '@saucery/chassis/http/wait-places'
import type { Log } from '@saucery/chassis/telemetry/log'
import { firstIdAt } from '@saucery/messaging/events/event'
import { reasonOf } from '@saucery/messaging/log'
import type { AwaitedEvent } from '../store/view-queries.ts'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'

interface VisibleEvent extends AwaitedEvent {
  /** Whether the client may see this view of the order; if not, its wait goes on. */
  isVisible(view: OrderView): boolean
}

interface Wait extends VisibleEvent {
  finish(view?: OrderView): void
}

const ordersPerQuery = 100
/** How often all waits are checked, for what another replica wrote. */
const checkEveryMs = 100

/** The requests that wait for events. They share one query at a time, so a thousand of them cost a few queries. */
export const openEventWaiter = (views: Pick<ViewStore, 'having'>, log: Log, maxWaits = 1000) => ({
  views,
  log,
  places: openWaitPlaces(maxWaits),
  waits: new Set<Wait>(),
  /** The orders to query next. */
  due: new Set<string>(),
  isQuerying: false as boolean,
  isEnded: false as boolean,
  /** Runs while there is a wait. */
  timer: undefined as NodeJS.Timeout | undefined,
})

export type EventWaiter = ReturnType<typeof openEventWaiter>

/** How far ahead the clock of the service may be that made the event. */
const clockToleranceMs = 60_000

/** Whether there may be such an event: its id is a UUIDv7, which carries the time when it was made. */
export const mayExist = (eventId: string, now: number): boolean =>
  eventId[14] === '7' && eventId < firstIdAt(now + clockToleranceMs)

/**
 * Resolves with the order's view as soon as it has the event and is visible; with undefined when `waitMs` is over, the
 * client leaves, or all waits end.
 */
export function waitForEvent(
  waiter: EventWaiter,
  awaited: VisibleEvent,
  waitMs: number,
  signal?: AbortSignal,
): Promise<OrderView | undefined> {
  const { waits } = waiter
  return new Promise<OrderView | undefined>((resolve) => {
    const giveUp = () => wait.finish()
    const timeout = setTimeout(giveUp, waitMs)
    const wait: Wait = {
      ...awaited,
      finish(view) {
        clearTimeout(timeout)
        signal?.removeEventListener('abort', giveUp)
        waits.delete(wait)
        if (waits.size === 0) {
          clearInterval(waiter.timer)
          waiter.timer = undefined
        }
        resolve(view)
      },
    }
    waits.add(wait)
    waiter.timer ??= setInterval(checkAll, checkEveryMs, waiter)
    signal?.addEventListener('abort', giveUp)
    if (waiter.isEnded || signal?.aborted) return wait.finish()
    // The event may have arrived since the caller looked.
    checkOrder(waiter, awaited.orderId)
  })
}

/** This replica wrote the order's view: its waits need not wait for the next check. */
export function checkOrder(waiter: EventWaiter, orderId: string): void {
  if (waiter.waits.size === 0) return
  waiter.due.add(orderId)
  startQuerying(waiter)
}

/** Ends every wait now, and each later one at once. */
export function endWaits(waiter: EventWaiter): void {
  waiter.isEnded = true
  for (const wait of [...waiter.waits]) wait.finish()
}

function checkAll(waiter: EventWaiter): void {
  for (const { orderId } of waiter.waits) waiter.due.add(orderId)
  startQuerying(waiter)
}

function startQuerying(waiter: EventWaiter): void {
  const { due, log } = waiter
  if (waiter.isQuerying) return
  waiter.isQuerying = true
  // In the next turn: views that are written together are reported in one turn.
  setImmediate(async () => {
    try {
      while (due.size > 0) await query(waiter, new Set([...due].slice(0, ordersPerQuery)))
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'could not check whether events have arrived')
    } finally {
      waiter.isQuerying = false
    }
  })
}

async function query({ views, waits, due }: EventWaiter, orderIds: ReadonlySet<string>): Promise<void> {
  for (const orderId of orderIds) due.delete(orderId)
  const open = [...waits].filter(({ orderId }) => orderIds.has(orderId))
  if (open.length === 0) return
  for (const view of await views.having(open)) {
    const ids = new Set(view.timeline.map(({ id }) => id))
    for (const wait of open)
      if (wait.orderId === view._id && ids.has(wait.eventId) && wait.isVisible(view)) wait.finish(view)
  }
}
