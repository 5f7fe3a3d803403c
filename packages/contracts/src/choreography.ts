import type { EventDefinition, FactOf } from './define.ts'
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

/** The stream of each service that says something, with the subjects it holds. */
export const streams = Object.values(choreography).flatMap(({ stream }) =>
  stream ? [{ name: stream, subjects: [`${stream.toLowerCase()}.>`] }] : [],
)

/** A service's durable consumers: one for each stream that it listens to, with the definitions it wants. */
export function subscriptionsOf(service: Service): { stream: string; events: EventDefinition[] }[] {
  const heard = choreography[service].reactsTo as readonly unknown[] as readonly EventDefinition[]
  const names = [...new Set(heard.map((event) => event.stream))]
  return names.map((stream) => ({ stream, events: heard.filter((event) => event.stream === stream) }))
}
