import type { Consumed } from '@saucery/contracts/choreography'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import type { ReceivedEvent } from '@saucery/messaging/events/event'
import { z } from 'zod'
import type { ViewStore } from './store/view-store.ts'
import { entryOf } from './view/order-view.ts'

/**
 * The dashboard says nothing: every event becomes an entry in its order's view.
 * @param written told of each order whose view has the event now
 */
export const reactions =
  (views: Pick<ViewStore, 'add'>, written: (orderId: string) => void = () => {}) =>
  async (event: ReceivedEvent<Consumed<'dashboard'>>) => {
    const { orderId } = event.data
    await views.add({ orderId, entry: entryOf({ ...event, time: timeOf(event.time) }) })
    written(orderId)
  }

const rfc3339 = z.iso.datetime({ offset: true })

// An event says its time itself. As text, times are in their order only in one form, and one that is none would spoil
// the statistics of all orders.
function timeOf(time: string): string {
  if (!rfc3339.safeParse(time).success) throw new Unprocessable(`ce-time is no time: ${time}`)
  return new Date(time).toISOString()
}
