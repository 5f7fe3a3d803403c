import type { Heard, Said } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import type { Commit } from '@saucery/messaging/unit-of-work'
import type { Order, OrderFact } from './domain.ts'

/** An order says nothing to what it hears: it remembers it, and its status follows. */
export const reactions =
  (commit: Commit<Order, Said<'order'>, OrderFact>) => (event: Event<Heard<'order'>>) =>
    commit({ key: event.data.orderId, cause: event, handles: event.id, hears: event, decide: () => [] })
