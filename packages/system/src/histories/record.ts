import { readFileSync } from 'node:fs'
import { type AnyFact, type Publisher, publishers, serviceContracts } from '@saucery/contracts/choreography'
import type { EventDefinition } from '@saucery/contracts/define'
import { orderPaths } from '@saucery/contracts/order-paths'
import { actorText, requestCause } from '@saucery/messaging/events/actor'
import { firstIdAt } from '@saucery/messaging/events/event'
import { kindOf, type OrderHistory, type StoredHistory } from './history.ts'
import { play } from './play.ts'

type Name = AnyFact['name']
type Path = readonly Name[]

const samples = new URL('../../../contracts/samples/', import.meta.url)
const definitions = new Map<string, { service: string; definition: EventDefinition }>(
  serviceContracts.flatMap(({ service, publishes }) =>
    publishes.map((definition) => [definition.event, { service, definition }] as const),
  ),
)

const definitionOf = (name: Name) => {
  const found = definitions.get(name)
  if (!found) throw new Error(`No service publishes ${name}`)
  return found
}

/** The start of a file's name, such as `placed-approved-started-completed`. */
export const slugOf = (path: Path): string =>
  path.map((name) => definitionOf(name).definition.subject.split('.').at(-1)).join('-')

/** Every version that was ever published of the events of a path, such as `OrderPlaced.1`. */
export const kindsOn = (path: Path): string[] =>
  path.flatMap((name) =>
    Array.from({ length: definitionOf(name).definition.version }, (_, i) => `${name}.${i + 1}`),
  )

/** The histories that are missing, by the names of their files: until each path has each version of its events. */
export function missingHistories(stored: ReadonlyMap<string, OrderHistory>): Map<string, StoredHistory> {
  const missing = new Map<string, StoredHistory>()
  orderPaths.forEach((path, place) => {
    const slug = slugOf(path)
    const known = [...stored].filter(([file]) => file.replace(/\.\d+\.json$/, '') === slug)
    const recorded = known.flatMap(([, { messages }]) => messages.map(kindOf))
    const open = new Set(kindsOn(path).filter((kind) => !recorded.includes(kind)))
    for (let number = known.length + 1; open.size > 0; number++) {
      const versions = path.map((name) => firstOpen(name, open))
      for (const [i, name] of path.entries()) open.delete(`${name}.${versions[i]}`)
      const start = Date.parse('2026-03-02T09:00:00.000Z') + place * 3_600_000 + number * 60_000
      const history = record(path, versions, start)
      missing.set(`${slug}.${number}.json`, { ...history, result: play(history) })
    }
  })
  return missing
}

function firstOpen(name: Name, open: ReadonlySet<string>): number {
  const { version: current } = definitionOf(name).definition
  const versions = Array.from({ length: current }, (_, i) => i + 1)
  return versions.find((version) => open.has(`${name}.${version}`)) ?? current
}

/** One message a second, with the data of the stored samples, for one order. */
function record(path: Path, versions: readonly number[], start: number): OrderHistory {
  // The payment is decided before this time, unless it is voided for the time alone.
  const payBy = new Date(start + (path[1] === 'PaymentVoided' ? 680 : 10_000)).toISOString()
  const order: Readonly<Record<string, unknown>> = { orderId: firstIdAt(start), ...ordered, payBy }
  const idAt = (i: number) => firstIdAt(start + i * 1000)
  const isCurrent = path.every((name, i) => versions[i] === definitionOf(name).definition.version)
  const messages = path.map((name, i) => {
    const { service, definition } = definitionOf(name)
    const { subject, stream } = definition
    const sample = JSON.parse(readFileSync(new URL(`${name}.${versions[i]}.json`, samples), 'utf8'))
    const cause = path.findLastIndex((earlier, place) => place < i && causes[name].includes(earlier))
    const headers = {
      ...sample.headers,
      'Nats-Msg-Id': idAt(i),
      'ce-id': idAt(i),
      'ce-time': new Date(start + i * 1000).toISOString(),
      ...(cause >= 0
        ? { 'ce-causationid': idAt(cause) }
        : requestHeaders(`request-${i + 1}`, service, isCurrent)),
    }
    const fields = Object.entries(sample.data).map(([field, value]) => [field, order[field] ?? value])
    const sequence = path.slice(0, i + 1).filter((one) => definitionOf(one).service === service).length
    const data = Object.fromEntries(fields)
    return { stream, sequence, subject: `${subject}.${order.orderId}`, headers, data }
  })
  return { messages, arrivals: arrivalsOf(path) }
}

/** Events name who asked for them, those of releases before did not. */
function requestHeaders(requestId: string, service: string, isCurrent: boolean): Record<string, string> {
  if (!isCurrent) return { 'ce-causationid': requestId }
  const actor =
    service === 'delivery'
      ? { subject: 'lee', role: 'courier' }
      : { subject: 'kim', role: 'branch', branchId: ordered.branchId }
  return { 'ce-causationid': requestCause(requestId, '', actor).id, 'ce-actor': actorText(actor) }
}

/** The same in every event of the order, as far as the event has the field. */
const ordered = { branchId: '12', sauceId: 'gochujang', qty: 30, price: 10_500, amount: 315_000 }

/** What can lead to each event; nothing where a request does. */
const causes: Readonly<Record<Name, Path>> = {
  OrderPlaced: [],
  OrderCancelled: [],
  PaymentApproved: ['OrderPlaced'],
  PaymentDeclined: ['OrderPlaced'],
  PaymentVoided: ['OrderPlaced', 'OrderCancelled'],
  PaymentRefunded: ['DeliveryFailed', 'DeliveryCancelled'],
  DeliveryStarted: ['PaymentApproved'],
  DeliveryCompleted: [],
  DeliveryFailed: [],
  DeliveryCancelled: ['PaymentApproved', 'OrderCancelled'],
  CancellationRefused: ['OrderCancelled'],
}

const isConsumed = (service: string, name: Name) =>
  contractOf(service)?.consumes.some(({ event }) => event === name) ?? false

const contractOf = (service: string) => serviceContracts.find((one) => one.service === service)

/** In the order of the path, but for what arrives after a service has published something else. */
function arrivalsOf(path: Path): OrderHistory['arrivals'] {
  const arrivals = publishers.map((service) => {
    const names = path.filter((name) => definitionOf(name).service === service || isConsumed(service, name))
    const [late, after] = lateAt(service, path) ?? []
    if (!late || !after) return [service, names]
    return [
      service,
      names.filter((name) => name !== late).flatMap((name) => (name === after ? [name, late] : name)),
    ]
  })
  return Object.fromEntries(arrivals)
}

/** What a service consumes late on a path, and after which of its own events. */
function lateAt(service: Publisher, path: Path): [late: Name, after: Name] | undefined {
  if (!path.includes('OrderCancelled')) return undefined
  if (service === 'payment' && path.includes('PaymentVoided')) return ['OrderPlaced', 'PaymentVoided']
  const end = path.find((name) => name === 'DeliveryCompleted' || name === 'DeliveryFailed')
  return service === 'delivery' && end ? ['OrderCancelled', end] : undefined
}
