import {
  choreography,
  consumingServices,
  events,
  type Publisher,
  publishers,
} from '@saucery/contracts/choreography'
import { orderPaths } from '@saucery/contracts/order-paths'

/** `CancellationRefused` → `cancellation-refused` */
const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()

/** `OrderPlaced` → `orderPlaced` */
export const lowerFirst = (name: string) => name.replace(/^./, (first) => first.toLowerCase())

/** `DeliveryDelayed` → `Delivery delayed` */
export const asWords = (name: string) =>
  kebab(name)
    .replaceAll('-', ' ')
    .replace(/^./, (it) => it.toUpperCase())

/** What happened, without the service's name before it: `DeliveryDelayed` of delivery → `delayed`. */
export const verbOf = (name: string, service: string) => {
  const prefix = new RegExp(`^${service}(?=[A-Z])`, 'i')
  return kebab(name.replace(prefix, ''))
}

const known = (names: readonly string[]) => `The known ones: ${names.join(', ')}`

/** @throws when it is no name for an event, or an event has it */
export function newEventName(name: string): string {
  if (!/^([A-Z][a-z]+){2,}$/.test(name) || name.length > 40)
    throw new Error(`Events are named in the past tense, as OrderPlaced: ${name} is no such name`)
  if (events.some(({ event }) => event === name)) throw new Error(`There is an event ${name} already`)
  return name
}

/** @throws with the known ones when there is no such event */
export function knownEvent(name: string) {
  const found = events.find(({ event }) => event === name)
  if (!found) throw new Error(`There is no event ${name}. ${known(events.map(({ event }) => event))}`)
  return found
}

/** @throws with the known ones when no such service publishes events */
export function knownPublisher(name: string | undefined) {
  const found = publishers.find((publisher) => publisher === name)
  if (!found) throw new Error(`--service has to be a service that publishes events. ${known(publishers)}`)
  return found
}

/** @throws with the known ones when no such service consumes what this one publishes */
export function knownConsumer(name: string, publisher: string) {
  const others = consumingServices.filter((it) => it !== publisher && it !== 'dashboard')
  const found = others.find((consumer) => consumer === name)
  if (!found)
    throw new Error(
      `--consumed-by has to be another service than ${publisher}; the dashboard consumes every event. ${known(others)}`,
    )
  return found
}

/** @throws when there is no such service, or when another one, or the way of an order, needs its events */
export function removableService(name: string) {
  const service = publishers.find((one) => one === name)
  if (!service) throw new Error(`There is no service ${name} that publishes events. ${known(publishers)}`)
  const own: readonly string[] = choreography[service].publishes.map(({ event }) => event)
  const consumer = publishers.find((one) =>
    choreography[one].consumes.some(({ event }) => own.includes(event)),
  )
  if (consumer)
    throw new Error(`${consumer} consumes events of ${name}: take them out of the choreography first`)
  if (orderPaths.flat().some((event) => own.includes(event)))
    throw new Error(`The ways of an order have events of ${name}: take them out of order-paths.ts first`)
  return service
}

/** The service that publishes the event. */
export const publisherOf = (name: string) =>
  publishers.find((service) =>
    choreography[service].publishes.some(({ event }) => event === name),
  ) as Publisher
