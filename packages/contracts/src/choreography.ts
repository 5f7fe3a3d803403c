import type { FactOf } from './define.ts'
import {
  CancellationRefused,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryStarted,
} from './delivery.ts'
import { OrderCancelled, OrderPlaced } from './order.ts'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from './payment.ts'

const orderPublishes = [OrderPlaced, OrderCancelled] as const
const paymentPublishes = [PaymentApproved, PaymentDeclined, PaymentVoided, PaymentRefunded] as const
const deliveryPublishes = [
  DeliveryStarted,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryCancelled,
  CancellationRefused,
] as const

/** All eleven events. */
export const events = [...orderPublishes, ...paymentPublishes, ...deliveryPublishes] as const

/** Who says what, and who reacts to what: the one table behind consumers, permissions and documents. */
export const choreography = {
  order: {
    stream: 'ORDERS',
    publishes: orderPublishes,
    consumes: [
      ...paymentPublishes,
      DeliveryStarted,
      DeliveryCompleted,
      DeliveryFailed,
      DeliveryCancelled,
    ] as const,
  },
  payment: {
    stream: 'PAYMENTS',
    publishes: paymentPublishes,
    consumes: [OrderPlaced, OrderCancelled, DeliveryFailed, DeliveryCancelled] as const,
  },
  delivery: {
    stream: 'DELIVERIES',
    publishes: deliveryPublishes,
    consumes: [OrderCancelled, PaymentApproved] as const,
  },
  dashboard: { stream: undefined, publishes: [] as const, consumes: events },
} as const

export type Service = keyof typeof choreography

/** The facts that a service reacts to. */
export type Consumed<S extends Service> = FactOf<(typeof choreography)[S]['consumes'][number]>

/** The facts that a service says. */
export type Published<S extends Service> = FactOf<(typeof choreography)[S]['publishes'][number]>

/** Any of the eleven facts. */
export type AnyFact = FactOf<(typeof events)[number]>

/** What a service says goes on its one stream. */
export const streamOf = (service: Publisher) => {
  const name = choreography[service].stream
  return { name, subjects: [`${name.toLowerCase()}.>`] }
}

/** The services that say something. */
export type Publisher = {
  [S in Service]: (typeof choreography)[S]['stream'] extends string ? S : never
}[Service]

const publishesEvents = (service: Service): service is Publisher => choreography[service].stream !== undefined

export const streams = (Object.keys(choreography) as Service[]).filter(publishesEvents).map(streamOf)

/** A service's durable consumers: one for each stream that it listens to, with the definitions it wants. */
export function subscriptionsOf<S extends Service>(
  service: S,
): { stream: string; events: (typeof choreography)[S]['consumes'][number][] }[] {
  const consumed: readonly (typeof choreography)[S]['consumes'][number][] = choreography[service].consumes
  const names = [...new Set(consumed.map((event) => event.stream))]
  return names.map((stream) => ({ stream, events: consumed.filter((event) => event.stream === stream) }))
}
