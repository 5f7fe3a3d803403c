import type { AnyFact, Service } from '@saucery/contracts/choreography'
import { isDecided } from '@saucery/order/domain'
import { askedFor, ChargeOverdue, isOpen, type ProviderAnswer } from '@saucery/payment/domain'
import {
  acknowledge,
  commit,
  consumersOf,
  isStrict,
  modelOrderId,
  payBy,
  type Rules,
  time,
  type World,
} from './world.ts'

/** A world that can follow, and what leads to it. */
interface Transition {
  readonly action: string
  readonly to: World
}

const afterPayBy = '2026-01-01T00:00:00.681Z'

/** Everything that can happen next: a request, an end of a wait, a message that comes first or again, a call to the provider. */
export const transitionsFrom = (world: World, rules: Rules): Transition[] => [
  ...requests(world, rules),
  ...waits(world, rules),
  ...messages(world, rules),
  ...calls(world, rules),
]

function requests(world: World, rules: Rules): Transition[] {
  const { order, delivery } = world
  return [
    ...unlessRefused('cancel', () => commit(world, rules, 'order', rules.order.cancel(order, 'requested'))),
    ...unlessRefused('complete', () => commit(world, rules, 'delivery', rules.delivery.complete(delivery))),
    ...unlessRefused('fail', () =>
      commit(world, rules, 'delivery', rules.delivery.fail(delivery, 'undeliverable')),
    ),
  ]
}

function unlessRefused(action: string, run: () => World): Transition[] {
  try {
    return [{ action, to: run() }]
  } catch {
    return []
  }
}

/** The replica that waits decides at the end of its wait, or has crashed before. The two clocks need not agree. */
function waits(world: World, rules: Rules): Transition[] {
  if (!isStrict(world)) return []
  const passing = { action: 'payBy passes', to: world.late ? world : { ...world, late: true } }
  const ending = unlessRefused('the wait ends', () => {
    const to = commit(world, rules, 'order', rules.order.timeOut(world.order))
    return to !== world && world.order && isDecided(world.order)
      ? { ...to, brokenPromise: 'No order is cancelled for want of a payment that was decided' }
      : to
  })
  return [passing, ...ending]
}

function messages(world: World, rules: Rules): Transition[] {
  return world.published.flatMap((event) =>
    consumersOf(event).map((service) => ({
      action: `${service} consumes ${event.name}`,
      to: acknowledge(handle(world, service, event, rules), service, event),
    })),
  )
}

function handle(world: World, service: Service, event: AnyFact, rules: Rules): World {
  switch (service) {
    case 'order':
      return commit(world, rules, 'order', [], event)
    case 'payment':
      return reserve(world, event, rules)
    case 'delivery':
      return commit(world, rules, 'delivery', rules.delivery.react(world.delivery, event as never), event)
    case 'dashboard':
      return project(world, event, rules)
  }
}

function project(
  world: World,
  { name, data: { orderId: _, ...data } }: AnyFact,
  { dashboard }: Rules,
): World {
  const entry = { id: name, event: name, cause: '', time, stream: '', sequence: 1, data }
  const before = world.dashboard?.timeline ?? []
  const timeline = dashboard.mergeTimeline(before, [entry])
  return timeline.length === before.length
    ? world
    : { ...world, dashboard: dashboard.viewOf(modelOrderId, timeline) }
}

/** Payment's first transaction, after which the message is acknowledged. The row of an open payment has it asked. */
function reserve(world: World, event: AnyFact, rules: Rules): World {
  const now = world.late ? afterPayBy : payBy
  const reserved = commit(
    world,
    rules,
    'payment',
    rules.payment.react(world.payment, event as never, now),
    event,
  )
  if (reserved.payment?.status !== 'PENDING' || reserved.charging) return reserved
  const charging = { ...reserved, charging: true }
  return world.late ? { ...charging, brokenPromise: 'No charge begins after payBy' } : charging
}

/**
 * Calls to the provider. Their outcome becomes known, or is lost by a crash, a timeout or nonsense, and asked again. A
 * call that is on its way when it is given up may arrive at any later time, and so may its answer.
 */
function calls(world: World, rules: Rules): Transition[] {
  const { payment, provider } = world
  const asksRefund = isOpen(payment) && askedFor[payment.status] === 'refund'
  return [
    ...(payment?.status === 'PENDING' ? [giveUp(world, rules)] : []),
    ...(world.charging ? chargesOf(provider).flatMap((next) => call(world, rules, 'charge', next)) : []),
    ...(asksRefund || provider === 'refunded' || provider === 'cancelled'
      ? call(world, rules, 'refund', refundOf(provider))
      : []),
  ]
}

const giveUp = (world: World, rules: Rules): Transition => ({
  action: 'the charge is given up',
  to: commit(world, rules, 'payment', [], ChargeOverdue(modelOrderId)),
})

type Provider = World['provider']

/** A first charge may be approved or declined; a repeated one is answered as before. */
const chargesOf = (provider: Provider): readonly Provider[] =>
  provider === 'nothing' ? ['approved', 'declined'] : [provider]

const refundOf = (provider: Provider): Provider =>
  provider === 'approved' ? 'refunded' : provider === 'nothing' ? 'cancelled' : provider

/** One call: the provider books it, and its outcome stays unknown or is settled. */
function call(world: World, rules: Rules, asked: 'charge' | 'refund', provider: Provider): Transition[] {
  const booked = provider === world.provider ? world : { ...world, provider }
  const outcome = asked === 'refund' ? ({ refunded: true } as const) : outcomeOf(provider)
  return [
    { action: `${asked}, ${provider}, unknown`, to: booked },
    {
      action: `${asked}, ${provider}, settled`,
      to: commit(booked, rules, 'payment', rules.payment.settle(booked.payment, outcome)),
    },
  ]
}

const outcomeOf = (provider: Provider): ProviderAnswer =>
  provider === 'approved' || provider === 'refunded'
    ? { approved: true }
    : { approved: false, reason: provider === 'declined' ? 'limit-exceeded' : provider }
