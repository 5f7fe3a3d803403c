import type { Consumed } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { react } from './domain.ts'
import type { CommitOrder } from './store.ts'

export const reactions =
  ({ commit }: { readonly commit: CommitOrder }) =>
  (event: Event<Consumed<'order'>>) =>
    commit({
      key: event.data.orderId,
      cause: event,
      handles: event,
      consumes: event,
      decide: (order) => react(order, event),
    })
