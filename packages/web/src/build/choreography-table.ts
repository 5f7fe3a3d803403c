import { type AnyFact, events, type Service, serviceContracts } from '@saucery/contracts/choreography'
import { dataSchemaOf } from '@saucery/contracts/documents/event-headers'

/** A service: the stream that it publishes on, if any, and the names of its events. */
export interface ServiceRow {
  readonly service: Service
  readonly stream?: string
  readonly publishes: readonly AnyFact['name'][]
  readonly consumes: readonly AnyFact['name'][]
}

const namesOf = (events: readonly { readonly event: string }[]) =>
  events.map(({ event }) => event as AnyFact['name'])

/** The choreography as the page has it: plain data, because the events' definitions would bring their schemas along. */
export const choreographyTable: readonly ServiceRow[] = serviceContracts.map(
  ({ service, stream, publishes, consumes }) => ({
    service: service,
    ...(stream !== undefined && { stream }),
    publishes: namesOf(publishes),
    consumes: namesOf(consumes),
  }),
)

/** Of each event its subject without the order's id, and what CloudEvents call the schema of its data. */
export interface EventNames {
  readonly subject: string
  readonly dataschema: string
}

/** Older versions are upcast before the page has them. */
export const eventNames: Readonly<Record<string, EventNames>> = Object.fromEntries(
  events.map(({ event, version, subject }) => [event, { subject, dataschema: dataSchemaOf(event, version) }]),
)
