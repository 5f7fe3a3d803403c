import type { Consumed } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { react } from './domain.ts'
import type { CommitDelivery } from './store.ts'

export const reactions =
  ({ commit }: { readonly commit: CommitDelivery }) =>
  (event: Event<Consumed<'delivery'>>) =>
    commit({
      key: event.data.orderId,
      cause: event,
      handles: event,
      consumes: event,
      decide: (delivery) => react(delivery, event),
    })
