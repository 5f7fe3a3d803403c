import type { AnyFact, Service } from '@saucery/contracts/choreography'
import { isDecided } from '@saucery/order/domain'
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

/** Everything that can happen next: a request, an end of the wait, a message that comes first or again, a charge, a crash. */
export const transitionsFrom = (world: World, rules: Rules): Transition[] => [
  ...requests(world, rules),
  ...waits(world, rules),
  ...messages(world, rules),
  ...charges(world, rules),
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
      to:
        service === 'payment' && event.name === 'OrderPlaced'
          ? reserve(world, event, rules)
          : acknowledge(handle(world, service, event, rules), service, event),
    })),
  )
}

function handle(world: World, service: Service, event: AnyFact, rules: Rules): World {
  switch (service) {
    case 'order':
      return commit(world, rules, 'order', [], event)
    case 'payment':
      return commit(world, rules, 'payment', reactionOf(world, event, rules), event)
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

/** Payment's first transaction; the message is acknowledged only after the second. */
function reserve(world: World, placed: AnyFact, rules: Rules): World {
  const reserved = commit(world, rules, 'payment', reactionOf(world, placed, rules), placed)
  if (reserved.payment?.status !== 'PENDING') return acknowledge(reserved, 'payment', placed)
  const charging = { ...reserved, charging: Math.min(2, world.charging + 1) }
  return world.payment === undefined && world.late
    ? { ...charging, brokenPromise: 'No charge begins after payBy' }
    : charging
}

const reactionOf = ({ payment, late }: World, event: AnyFact, rules: Rules) =>
  rules.payment.react(payment, event as never, late ? afterPayBy : payBy)

/** A replica that called the provider settles payment's second transaction, or crashes before or after the charge. */
function charges(world: World, rules: Rules): Transition[] {
  if (world.charging === 0) return []
  const charging = world.charging - 1
  const answers = world.provider === 'nothing' ? (['approved', 'declined'] as const) : [world.provider]
  return [
    { action: 'crash before the charge', to: { ...world, charging } },
    ...answers.map((provider) => ({
      action: `crash after ${provider}`,
      to: { ...world, provider, charging },
    })),
    ...answers.map((provider) => ({
      action: `settle ${provider}`,
      to: settle({ ...world, provider, charging }, rules),
    })),
  ]
}

function settle(world: World, rules: Rules): World {
  const answer =
    world.provider === 'approved'
      ? ({ approved: true } as const)
      : ({ approved: false, reason: 'limit-exceeded' } as const)
  const settled = commit(world, rules, 'payment', rules.payment.settle(world.payment, answer))
  const [placed] = settled.published
  return placed ? acknowledge(settled, 'payment', placed) : settled
}
