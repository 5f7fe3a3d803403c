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

const orderSays = [OrderPlaced, OrderCancelled] as const
const paymentSays = [PaymentApproved, PaymentDeclined, PaymentVoided, PaymentRefunded] as const
const deliverySays = [
  DeliveryStarted,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryCancelled,
  CancellationRefused,
] as const

/** All eleven events. */
export const events = [...orderSays, ...paymentSays, ...deliverySays] as const

/** Who says what, and who reacts to what: the one table behind consumers, permissions and documents. */
export const choreography = {
  order: {
    stream: 'ORDERS',
    says: orderSays,
    reactsTo: [
      ...paymentSays,
      DeliveryStarted,
      DeliveryCompleted,
      DeliveryFailed,
      DeliveryCancelled,
    ] as const,
  },
  payment: {
    stream: 'PAYMENTS',
    says: paymentSays,
    reactsTo: [OrderPlaced, OrderCancelled, DeliveryFailed, DeliveryCancelled] as const,
  },
  delivery: {
    stream: 'DELIVERIES',
    says: deliverySays,
    reactsTo: [OrderCancelled, PaymentApproved] as const,
  },
  dashboard: { stream: undefined, says: [] as const, reactsTo: events },
} as const

export type Service = keyof typeof choreography

/** The facts that a service reacts to. */
export type Heard<S extends Service> = FactOf<(typeof choreography)[S]['reactsTo'][number]>

/** The facts that a service says. */
export type Said<S extends Service> = FactOf<(typeof choreography)[S]['says'][number]>

/** Any of the eleven facts. */
export type AnyFact = FactOf<(typeof events)[number]>

/** What a service says goes on its one stream. */
export const streamOf = (service: Speaker) => {
  const name = choreography[service].stream
  return { name, subjects: [`${name.toLowerCase()}.>`] }
}

/** The services that say something. */
export type Speaker = {
  [S in Service]: (typeof choreography)[S]['stream'] extends string ? S : never
}[Service]

const speaks = (service: Service): service is Speaker => choreography[service].stream !== undefined

export const streams = (Object.keys(choreography) as Service[]).filter(speaks).map(streamOf)

/** A service's durable consumers: one for each stream that it listens to, with the definitions it wants. */
export function subscriptionsOf<S extends Service>(
  service: S,
): { stream: string; events: (typeof choreography)[S]['reactsTo'][number][] }[] {
  const heard: readonly (typeof choreography)[S]['reactsTo'][number][] = choreography[service].reactsTo
  const names = [...new Set(heard.map((event) => event.stream))]
  return names.map((stream) => ({ stream, events: heard.filter((event) => event.stream === stream) }))
}
