import { type AnyFact, type Consumed, choreography, type Published } from '@saucery/contracts/choreography'
import * as dashboardDomain from '@saucery/dashboard/view/order-view'
import * as deliveryDomain from '@saucery/delivery/domain'
import type { World } from '@saucery/messaging/testing'
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

/** What the services share but do not own. */
export interface Outside {
  /** Whether the provider was ever asked to charge: from then on such a call, or its answer, may arrive at any time. */
  readonly charging: boolean
  /** What the provider has in its books. `cancelled`: a refund came before any charge, which it declines. */
  readonly provider: 'nothing' | 'approved' | 'declined' | 'refunded' | 'cancelled'
  /** Whether the order's `payBy` has passed by payment's clock. Order's own clock is not the same one. */
  readonly late: boolean
  /** A charge began after `payBy`. */
  readonly chargedLate: boolean
  /** The end of a wait cancelled an order that payment had decided about. */
  readonly cancelledInVain: boolean
}

export type OrderWorld = World<ReturnType<typeof servicesOf>, Outside>

export const modelOrderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const payBy = '2026-01-01T00:00:00.680Z'
const afterPayBy = '2026-01-01T00:00:00.681Z'
const request = { branchId: '1', sauceId: '1', qty: 10, price: 10_000 }

/** An order placed without a wait for its payment, and one placed on condition that it is paid in time. */
export const beginnings = ({ order }: Rules) =>
  [undefined, payBy].map((until) => ({ order: order.place(modelOrderId, request, until) }))

export const isStrict = ({ published: [placed] }: OrderWorld): boolean =>
  placed !== undefined && hasPayBy(placed)

const hasPayBy = (fact: AnyFact): boolean => fact.name === 'OrderPlaced' && fact.data.payBy !== undefined

/** The data of the one order never differ, apart from this. */
export const identify = (fact: AnyFact): string => (hasPayBy(fact) ? `${fact.name} until payBy` : fact.name)

type Timed<F> = F & { readonly time: string }

/** The table of the choreography. */
export const servicesOf = (rules: Rules) => ({
  order: {
    consumes: namesIn(choreography.order),
    react: (): Published<'order'>[] => [],
    evolve: rules.order.evolve,
    commands: { cancel: (order: orderDomain.Order | undefined) => rules.order.cancel(order, 'requested') },
    keyOf: ({ facts }: orderDomain.Order) => facts.join(),
  },
  payment: {
    consumes: namesIn(choreography.payment),
    react: (state: paymentDomain.Payment | undefined, event: Consumed<'payment'>, { late }: Outside) =>
      rules.payment.react(state, event, late ? afterPayBy : payBy),
    evolve: rules.payment.evolve,
    keyOf: ({ status }: paymentDomain.Payment) => status,
  },
  delivery: {
    consumes: namesIn(choreography.delivery),
    react: rules.delivery.react,
    evolve: rules.delivery.evolve,
    commands: {
      complete: (delivery: deliveryDomain.Delivery | undefined) => rules.delivery.complete(delivery),
      fail: (delivery: deliveryDomain.Delivery | undefined) => rules.delivery.fail(delivery, 'undeliverable'),
    },
    keyOf: (delivery: deliveryDomain.Delivery) =>
      `${delivery.status}${delivery.status === 'COMPLETED' && delivery.cancellationRefused}`,
  },
  dashboard: {
    consumes: namesIn(choreography.dashboard),
    react: (): AnyFact[] => [],
    evolve: (view: dashboardDomain.OrderView | undefined, event: Timed<AnyFact>) =>
      project(rules.dashboard, view, event),
    keyOf: ({ timeline }: dashboardDomain.OrderView) => timeline.map(({ event }) => event).join(),
  },
})

const namesIn = ({ consumes }: { consumes: readonly { event: string }[] }) =>
  consumes.map(({ event }) => event)

function project(
  { mergeTimeline, viewOf }: Rules['dashboard'],
  view: dashboardDomain.OrderView | undefined,
  { name, time, data: { orderId: _, ...data } }: Timed<AnyFact>,
): dashboardDomain.OrderView | undefined {
  const before = view?.timeline ?? []
  const entry = { id: name, event: name, cause: '', time, stream: '', sequence: 1, data }
  const timeline = mergeTimeline(before, [entry])
  return timeline.length === before.length ? view : viewOf(modelOrderId, timeline)
}

export type View = Story & Pick<Outside, 'chargedLate' | 'cancelledInVain'>

export function storyIn({ states, published, environment }: OrderWorld): View {
  const { order, payment, delivery, dashboard } = states
  const { provider, chargedLate, cancelledInVain } = environment
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
    published: published.map(({ name }) => name),
    chargedLate,
    cancelledInVain,
  }
}

const bookOf = (provider: Outside['provider']) => ({
  declined: provider === 'declined' || provider === 'cancelled',
  refunds: provider === 'refunded' ? 1 : 0,
})
