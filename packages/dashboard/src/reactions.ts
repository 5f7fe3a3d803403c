import type { Heard } from '@saucery/contracts/choreography'
import type { ReceivedEvent } from '@saucery/messaging/event'
import type { ViewStore } from './store.ts'
import { entryOf } from './view.ts'

/**
 * The dashboard says nothing: every event becomes an entry in its order's view.
 * @param written told of each order whose view has the event now
 */
export const reactions =
  (views: Pick<ViewStore, 'add'>, written: (orderId: string) => void = () => {}) =>
  async (event: ReceivedEvent<Heard<'dashboard'>>) => {
    const { orderId } = event.data
    await views.add({ orderId, entry: entryOf(event) })
    written(orderId)
  }
