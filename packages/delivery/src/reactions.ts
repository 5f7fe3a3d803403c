import type { Consumed, Published } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Delivery, type DeliveryEvent, react } from './domain.ts'

export type CommitDelivery = Commit<Delivery, Published<'delivery'>, DeliveryEvent>

export const reactions = (commit: CommitDelivery) => (event: Event<Consumed<'delivery'>>) =>
  commit({
    key: event.data.orderId,
    cause: event,
    handles: event.id,
    consumes: event,
    decide: (delivery) => react(delivery, event),
  })
