import type { EventDefinition, FactOf } from './define.ts'
import {
  CancellationRefused,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryStarted,
} from './delivery.ts'
import { secretFieldsIn } from './fields.ts'
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

export const events = [...orderPublishes, ...paymentPublishes, ...deliveryPublishes] as const

/** Of all events and all their versions: nobody is shown what these fields contain. */
export const secretFields = secretFieldsIn(
  events.flatMap(({ schema, earlier }) => [schema, ...earlier.map(({ schema }) => schema)]),
)

/** Which service publishes and consumes which event: streams, consumers, permissions and documents follow from this table. */
export const choreography = {
  order: {
    stream: 'ORDERS',
    publishes: orderPublishes,
    consumes: [
      PaymentApproved,
      PaymentDeclined,
      PaymentVoided,
      PaymentRefunded,
      DeliveryStarted,
      DeliveryCompleted,
      DeliveryFailed,
      DeliveryCancelled,
    ],
  },
  payment: {
    stream: 'PAYMENTS',
    publishes: paymentPublishes,
    consumes: [OrderPlaced, OrderCancelled, DeliveryFailed, DeliveryCancelled],
  },
  delivery: {
    stream: 'DELIVERIES',
    publishes: deliveryPublishes,
    consumes: [OrderCancelled, PaymentApproved],
  },
  dashboard: { stream: undefined, publishes: [], consumes: events },
} as const

export type Service = keyof typeof choreography

/** Every service: each consumes events, and so can have dead letters and compare its state with the streams. */
export const consumingServices = Object.keys(choreography) as Service[]

export type Consumed<S extends Service> = FactOf<(typeof choreography)[S]['consumes'][number]>

export type Published<S extends Service> = FactOf<(typeof choreography)[S]['publishes'][number]>

export type AnyFact = FactOf<(typeof events)[number]>

/**
 * The one stream that a service publishes on. It refuses subjects with fewer or more tokens: no consumer's filter has
 * them, so such a message would reach nobody, and become no dead letter.
 * (poison.int.test: "is refused by the stream when its subject has fewer or more tokens")
 */
export const streamOf = (service: Publisher) => {
  const name = choreography[service].stream
  return { name, subjects: [`${familyOf(service)}.*.*`] }
}

export type Family = Lowercase<(typeof choreography)[Publisher]['stream']>

/** The first word of a publisher's subjects, and the name of its database. */
export const familyOf = (service: Publisher) => choreography[service].stream.toLowerCase() as Family

export type Publisher = {
  [S in Service]: (typeof choreography)[S]['stream'] extends string ? S : never
}[Service]

const publishesEvents = (service: Service): service is Publisher => choreography[service].stream !== undefined

/** The services that publish events; each of their durable consumers is named after its service. */
export const publishers = consumingServices.filter(publishesEvents)

export const streams = publishers.map(streamOf)

/**
 * Raise it when a service consumes an event more, or one less. During a deploy replicas of two versions share their
 * consumers, and the higher number decides what these deliver. (choreography.test: "have a version, raised with …")
 */
const subscriptionsVersion = 1

/** What a service consumes of one stream, through one durable consumer. */
interface ServiceSubscription<S extends Service> {
  stream: string
  publisher: Publisher
  events: (typeof choreography)[S]['consumes'][number][]
  version: number
}

/** A service's durable consumers, one for each stream. */
export function subscriptionsOf<S extends Service>(service: S): ServiceSubscription<S>[] {
  const consumed: readonly (typeof choreography)[S]['consumes'][number][] = choreography[service].consumes
  return publishers.flatMap((publisher) => {
    const { stream } = choreography[publisher]
    const events = consumed.filter((event) => event.stream === stream)
    return events.length === 0 ? [] : [{ stream, publisher, events, version: subscriptionsVersion }]
  })
}

/** One service's row of the table, for code that treats all events alike. */
export interface ServiceContract {
  readonly service: Service
  readonly stream: string | undefined
  readonly publishes: readonly EventDefinition[]
  readonly consumes: readonly EventDefinition[]
}

export const serviceContracts = Object.entries(choreography).map(([service, contract]) => ({
  service,
  ...contract,
})) as unknown as readonly ServiceContract[]
