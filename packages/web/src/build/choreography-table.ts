import { type AnyFact, type Service, serviceContracts } from '@saucery/contracts/choreography'

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
