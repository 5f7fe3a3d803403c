import { type AnyFact, choreography, type Publisher, publishers } from '@saucery/contracts/choreography'
import { entryOf, mergeTimeline, type OrderView, viewOf } from '@saucery/dashboard/view/order-view'
import * as deliveryDomain from '@saucery/delivery/domain'
import type { ReceivedEvent } from '@saucery/messaging/events/event'
import * as orderDomain from '@saucery/order/domain'
import * as paymentDomain from '@saucery/payment/domain'
import { type OrderHistory, recordedEvents } from './history.ts'

type PlayedEvent = ReceivedEvent<AnyFact>

/** What a service decides by, whichever it is. */
interface Domain {
  react(state: unknown, event: PlayedEvent, now: string): readonly AnyFact[]
  evolve(state: unknown, event: PlayedEvent): unknown
}

export const realDomains = {
  order: orderDomain,
  payment: paymentDomain,
  delivery: deliveryDomain,
} as unknown as Readonly<Record<Publisher, Domain>>

/** What one event does to a service. */
interface PlayedStep {
  readonly event: string
  /** What the service publishes in reaction. Absent for its own events. */
  readonly publishes?: readonly Pick<AnyFact, 'name' | 'version' | 'data'>[]
  readonly status: string | undefined
}

interface PlayedService {
  readonly steps: readonly PlayedStep[]
  /** The state after all of them. */
  readonly state: unknown
}

/**
 * Plays a history through each service and the dashboard's view. The same history gives the same result to the byte:
 * no clock and no id is used but those of the messages. A service that is younger than the history has no part in it.
 */
export function play(history: OrderHistory, rules = realDomains): Readonly<Record<string, PlayedService>> {
  const events = recordedEvents(history)
  const played = publishers.flatMap((service) => {
    const arrivals = history.arrivals[service]
    return arrivals ? [[service, playThrough(service, inOrder(events, arrivals), rules)]] : []
  })
  return { ...Object.fromEntries(played), dashboard: playView(events) }
}

const inOrder = (events: readonly PlayedEvent[], names: readonly string[]) =>
  names.flatMap((name) => events.find((event) => event.name === name) ?? [])

function playThrough(
  service: Publisher,
  events: readonly PlayedEvent[],
  rules: Readonly<Record<Publisher, Domain>>,
): PlayedService {
  const { react, evolve } = rules[service]
  const isOwn = ({ stream }: PlayedEvent) => stream === choreography[service].stream
  let state: unknown
  const steps = events.map((event, i): PlayedStep => {
    // A reaction is committed at the time of what it publishes.
    const now = events.slice(i).find(isOwn)?.time ?? event.time
    const published = isOwn(event) ? undefined : react(state, event, now)
    state = evolve(state, event)
    return {
      event: event.name,
      ...(published && { publishes: published.map(({ name, version, data }) => ({ name, version, data })) }),
      status: (state as { status?: string } | undefined)?.status,
    }
  })
  return { steps, state }
}

function playView(events: readonly PlayedEvent[]): PlayedService {
  let view: OrderView | undefined
  const steps = events.map((event) => {
    view = viewOf(event.data.orderId, mergeTimeline(view?.timeline ?? [], [entryOf(event)]))
    return { event: event.name, status: view.status }
  })
  return { steps, state: view }
}
