import { type AnyFact, choreography, events, type Service } from '@saucery/contracts/choreography'
import * as dashboardDomain from '@saucery/dashboard/view/order-view'
import * as deliveryDomain from '@saucery/delivery/domain'
import * as orderDomain from '@saucery/order/domain'
import * as paymentDomain from '@saucery/payment/domain'
import type { Story } from './invariants.ts'

export const realRules = {
  order: orderDomain,
  payment: paymentDomain,
  delivery: deliveryDomain,
  dashboard: dashboardDomain,
}

/** The pure functions under exploration; a test passes broken copies to see them noticed. */
export type Rules = typeof realRules

/** Everything about one order, everywhere, at one moment. */
export interface World {
  readonly order?: orderDomain.Order | undefined
  readonly payment?: paymentDomain.Payment | undefined
  readonly delivery?: deliveryDomain.Delivery | undefined
  readonly dashboard?: dashboardDomain.OrderView | undefined
  readonly published: readonly AnyFact[]
  /** The acknowledged messages, as `service:event`. All others are delivered in the end; each may come again. */
  readonly consumed: ReadonlySet<string>
  /** Whether the provider was ever asked to charge: from then on such a call, or its answer, may arrive at any time. */
  readonly charging: boolean
  /** What the provider has in its books. `cancelled`: a refund came before any charge, which it declines. */
  readonly provider: 'nothing' | 'approved' | 'declined' | 'refunded' | 'cancelled'
  /** Whether the order's `payBy` has passed by payment's clock. Order's own clock is not the same one. */
  readonly late: boolean
  /** What the action that led here broke, where the story does not show it. */
  readonly brokenPromise?: string
}

export const modelOrderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
export const time = '2026-01-01T00:00:00.000Z'
export const payBy = '2026-01-01T00:00:00.680Z'
const request = { branchId: '1', sauceId: '1', qty: 10, price: 10_000 }

/** An order placed without a wait for its payment, and one placed on condition that it is paid in time. */
export const beginnings = (rules: Rules): World[] => [begin(rules), begin(rules, payBy)]

function begin(rules: Rules, payBy?: string): World {
  const world: World = {
    published: [],
    consumed: new Set(),
    charging: false,
    provider: 'nothing',
    late: false,
  }
  return commit(world, rules, 'order', rules.order.place(modelOrderId, request, payBy))
}

export const isStrict = ({ published: [placed] }: World): boolean =>
  placed?.name === 'OrderPlaced' && placed.data.payBy !== undefined

/** One transaction: the service's state after the event that it consumes and those that it publishes. */
export function commit<S extends 'order' | 'payment' | 'delivery'>(
  world: World,
  rules: Rules,
  service: S,
  published: readonly AnyFact[],
  consumed?: AnyFact | paymentDomain.PaymentEvent,
): World {
  const evolve = rules[service].evolve as (state: never, event: never) => World[S]
  const facts = consumed ? [consumed, ...published] : published
  const state = facts.reduce<World[S]>(
    (state, event) => evolve(state as never, { ...event, time } as never),
    world[service],
  )
  if (state === world[service] && published.length === 0) return world
  return { ...world, [service]: state, published: [...world.published, ...published] }
}

export function acknowledge(world: World, service: Service, { name }: AnyFact): World {
  const message = `${service}:${name}`
  return world.consumed.has(message) ? world : { ...world, consumed: new Set(world.consumed).add(message) }
}

const services = Object.keys(choreography) as Service[]
const consumers = new Map(
  events.map(({ event }) => [
    event,
    services.filter((service) => choreography[service].consumes.some((type) => type.event === event)),
  ]),
)

export const consumersOf = ({ name }: AnyFact): readonly Service[] => consumers.get(name) ?? []

/** Whether nothing is in flight: every event is acknowledged by all its consumers, and no payment awaits the provider. */
export const isAtRest = (world: World): boolean =>
  !paymentDomain.isOpen(world.payment) &&
  world.published.every((event) =>
    consumersOf(event).every((service) => world.consumed.has(`${service}:${event.name}`)),
  )

export function storyOf({ order, payment, delivery, dashboard, provider, published }: World): Story {
  const names = published.map(({ name }) => name)
  return {
    order: order?.status,
    payment: payment?.status,
    delivery: delivery?.status,
    charge: provider === 'nothing' ? undefined : bookOf(provider),
    dashboard: dashboard && {
      status: dashboard.status,
      payment: dashboard.payment?.status,
      delivery: dashboard.delivery?.status,
      events: dashboard.timeline.map(({ event }) => event),
    },
    published: names,
  }
}

const bookOf = (provider: World['provider']) => ({
  declined: provider === 'declined' || provider === 'cancelled',
  refunds: provider === 'refunded' ? 1 : 0,
})
