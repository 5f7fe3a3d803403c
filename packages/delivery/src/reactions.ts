import type { Heard, Said } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Delivery, type DeliveryEvent, react } from './domain.ts'

export type CommitDelivery = Commit<Delivery, Said<'delivery'>, DeliveryEvent>

export const reactions = (commit: CommitDelivery) => (event: Event<Heard<'delivery'>>) =>
  commit({
    key: event.data.orderId,
    cause: event,
    handles: event.id,
    hears: event,
    decide: (delivery) => react(delivery, event),
  })
