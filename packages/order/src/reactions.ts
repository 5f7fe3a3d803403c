import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import type { Commit } from '@saucery/messaging/unit-of-work'
import type { Order, OrderEvent } from './domain.ts'

/** An order says nothing to what it hears: it remembers it, and its status follows. */
export const reactions =
  (commit: Commit<Order, Published<'order'>, OrderEvent>) => (event: Event<Consumed<'order'>>) =>
    commit({ key: event.data.orderId, cause: event, handles: event.id, consumes: event, decide: () => [] })
