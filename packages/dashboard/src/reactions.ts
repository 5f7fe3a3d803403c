import { type Consumed, subscriptionsOf } from '@saucery/contracts/choreography'
import { type ConsumerOptions, openConsumers } from '@saucery/messaging/consumer/consumer'
import type { ReceivedEvent } from '@saucery/messaging/events/event'
import { isStoreOutage } from './store/mongo-errors.ts'
import type { ViewStore } from './store/view-store.ts'
import { entryOf } from './view/order-view.ts'

/**
 * Every event becomes an entry in its order's view.
 * @param onWritten called with the order's id when its view has the event
 */
export const reactions =
  (views: Pick<ViewStore, 'add'>, onWritten: (orderId: string) => void = () => {}) =>
  async (event: ReceivedEvent<Consumed<'dashboard'>>) => {
    const { orderId } = event.data
    await views.add({ orderId, entry: entryOf(event) })
    onWritten(orderId)
  }

type Options = Omit<ConsumerOptions<Consumed<'dashboard'>>, 'subscriptions' | 'isOutage' | 'inKeyOrder'>

/** Consumes all that the dashboard subscribes to. The store writes one order's events together, so they need no order. */
export const consumeEvents = (options: Options) =>
  openConsumers({
    maxAckPending: 5000,
    // It stops at the signal, while the last requests are answered, and so has more time than a service that waits for them.
    finishWithinMs: 7000,
    ...options,
    subscriptions: subscriptionsOf('dashboard'),
    isOutage: isStoreOutage,
    inKeyOrder: false,
  })
