import { type AnyFact, choreography, events, type Service } from '@saucery/contracts/choreography'
import * as dashboardDomain from '@saucery/dashboard/view/order-view'
import * as deliveryDomain from '@saucery/delivery/domain'
import * as orderDomain from '@saucery/order/domain'
import * as paymentDomain from '@saucery/payment/domain'

/** The pure functions under exploration; a test passes broken copies to see it notice. */
export interface Rules {
  readonly dashboard: Pick<typeof dashboardDomain, 'mergeTimeline' | 'viewOf'>
  readonly order: Pick<typeof orderDomain, 'place' | 'cancel' | 'timeOut' | 'evolve'>
  readonly payment: Pick<typeof paymentDomain, 'react' | 'settle' | 'evolve'>
  readonly delivery: Pick<typeof deliveryDomain, 'react' | 'complete' | 'fail' | 'evolve'>
}

export const realRules: Rules = {
  order: orderDomain,
  payment: paymentDomain,
  delivery: deliveryDomain,
  dashboard: dashboardDomain,
}

/** Everything about one order, everywhere, at one moment. */
export interface World {
  readonly order: orderDomain.Order | undefined
  readonly payment: paymentDomain.Payment | undefined
  readonly delivery: deliveryDomain.Delivery | undefined
  readonly dashboard: dashboardDomain.OrderView | undefined
  /** Every event said so far. */
  readonly said: readonly AnyFact[]
  /** What was handled and acknowledged, as `service:event`; what is missing comes for sure, all may come again. */
  readonly heard: ReadonlySet<string>
  /** Replicas of payment that have reserved and ask the provider: two, when a slow one's message came again. */
  readonly charging: number
  /** What the provider has in its books. */
  readonly provider: 'nothing' | 'approved' | 'declined'
  /** Whether the order's `payBy` has passed, by payment's clock: the end of the wait, by order's, is another step. */
  readonly late: boolean
  /** The promise that the step to here broke, where the world itself does not show it. */
  readonly misstep?: string
}

/** A world that can follow, and what leads to it. */
export interface Step {
  readonly action: string
  readonly to: World
}

const orderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const request = { branchId: '1', sauceId: '1', qty: 10, price: 10_000 }
const time = '2026-01-01T00:00:00.000Z'
const payBy = '2026-01-01T00:00:00.680Z'
const afterwards = '2026-01-01T00:00:00.681Z'

/** An order that nobody waits for, and one whose payment is waited for on condition. */
export const beginnings = (rules: Rules): World[] => [begin(rules), begin(rules, payBy)]

function begin({ order }: Rules, payBy?: string): World {
  const said = order.place(orderId, request, payBy)
  const placed = said.reduce<orderDomain.Order | undefined>(
    (state, event) => order.evolve(state, { ...event, time }),
    undefined,
  )
  return {
    order: placed,
    payment: undefined,
    delivery: undefined,
    dashboard: undefined,
    said,
    heard: new Set(),
    charging: 0,
    provider: 'nothing',
    late: false,
  }
}

export const isStrict = ({ said: [placed] }: World): boolean =>
  placed?.name === 'OrderPlaced' && placed.data.payBy !== undefined

/** Every step that can be taken now: a message handled first or again, a request, an answer, a crash. */
export function stepsFrom(world: World, rules: Rules): Step[] {
  return [
    ...requests(world, rules),
    ...wait(world, rules),
    ...messages(world, rules),
    ...charge(world, rules),
  ]
}

/** The waiting replica decides at the end of its wait, or has crashed before; the clocks need not agree. */
function wait(world: World, { order }: Rules): Step[] {
  if (!isStrict(world)) return []
  const passing = { action: 'payBy passes', to: world.late ? world : { ...world, late: true } }
  const ending = attempt('the wait ends', () => {
    const to = change(world, 'order', order.evolve, order.timeOut(world.order))
    const overruled = to !== world && world.order && orderDomain.isDecided(world.order)
    return overruled ? { ...to, misstep: '5: cancelled for want of a payment that was decided' } : to
  })
  return [passing, ...ending]
}

function requests(world: World, { order, delivery }: Rules): Step[] {
  const steps = [
    attempt('cancel', () => change(world, 'order', order.evolve, order.cancel(world.order, 'requested'))),
    attempt('complete', () => change(world, 'delivery', delivery.evolve, delivery.complete(world.delivery))),
    attempt('fail', () =>
      change(world, 'delivery', delivery.evolve, delivery.fail(world.delivery, 'undeliverable')),
    ),
  ]
  return steps.flat()
}

/** A refusal is no step. */
function attempt(action: string, run: () => World): Step[] {
  try {
    return [{ action, to: run() }]
  } catch {
    return []
  }
}

function messages(world: World, rules: Rules): Step[] {
  return world.said.flatMap((event) =>
    listenersTo(event).map((service) => ({
      action: `${service} hears ${event.name}`,
      to:
        service === 'payment' && event.name === 'OrderPlaced'
          ? reserve(world, event, rules)
          : hear(world, service, event, rules),
    })),
  )
}

function hear(world: World, service: Service, event: AnyFact, rules: Rules): World {
  return acknowledge(listen(world, service, event, rules), service, event.name)
}

function listen(world: World, service: Service, event: AnyFact, rules: Rules): World {
  const { order, payment, delivery } = rules
  switch (service) {
    case 'order':
      return change(world, 'order', order.evolve, [], event)
    case 'payment':
      return change(world, 'payment', payment.evolve, reactionOf(world, event, payment), event)
    case 'delivery':
      return change(world, 'delivery', delivery.evolve, delivery.react(world.delivery, event as never), event)
    case 'dashboard':
      return look(world, event, rules)
  }
}

function look(world: World, fact: AnyFact, { dashboard }: Rules): World {
  const { orderId: _, ...data } = fact.data
  const entry = { id: fact.name, event: fact.name, cause: '', time, stream: '', sequence: 1, data }
  const before = world.dashboard?.timeline ?? []
  const timeline = dashboard.mergeTimeline(before, [entry])
  return timeline.length === before.length
    ? world
    : { ...world, dashboard: dashboard.viewOf(orderId, timeline) }
}

const listeners = new Map(
  events.map(({ event }) => [
    event,
    (Object.keys(choreography) as Service[]).filter((service) =>
      choreography[service].consumes.some((type) => type.event === event),
    ),
  ]),
)

const listenersTo = ({ name }: AnyFact): Service[] => listeners.get(name) ?? []

function acknowledge(world: World, service: Service, name: string): World {
  const message = `${service}:${name}`
  return world.heard.has(message) ? world : { ...world, heard: new Set(world.heard).add(message) }
}

/** Payment's first transaction; the message is acknowledged only after the second. */
function reserve(world: World, event: AnyFact, { payment }: Rules): World {
  const reserved = change(world, 'payment', payment.evolve, reactionOf(world, event, payment), event)
  if (reserved.payment?.status !== 'PENDING') return acknowledge(reserved, 'payment', 'OrderPlaced')
  const begun = { ...reserved, charging: Math.min(2, world.charging + 1) }
  return world.payment === undefined && world.late
    ? { ...begun, misstep: '5: a charge begins after payBy' }
    : begun
}

const reactionOf = ({ payment, late }: World, event: AnyFact, { react }: Rules['payment']) =>
  react(payment, event as never, late ? afterwards : payBy)

function charge(world: World, { payment }: Rules): Step[] {
  if (world.charging === 0) return []
  const charging = world.charging - 1
  const answers = world.provider === 'nothing' ? (['approved', 'declined'] as const) : [world.provider]
  const booked = answers.map((provider) => ({ ...world, provider }))
  return [
    { action: 'crash before the charge', to: { ...world, charging } },
    ...booked.map((to) => ({ action: `crash after ${to.provider}`, to: { ...to, charging } })),
    ...booked.map((to) => {
      const answer =
        to.provider === 'approved'
          ? { approved: true as const }
          : { approved: false as const, reason: 'limit-exceeded' }
      const settled = change(to, 'payment', payment.evolve, payment.settle(to.payment, answer))
      return {
        action: `settle ${to.provider}`,
        to: acknowledge({ ...settled, charging }, 'payment', 'OrderPlaced'),
      }
    }),
  ]
}

/** One transaction: the state after what was heard and what is said, and the saying. */
function change<S extends 'order' | 'payment' | 'delivery'>(
  world: World,
  service: S,
  evolve: (state: never, event: never) => World[S],
  said: readonly AnyFact[],
  heard?: AnyFact,
): World {
  const happened = heard ? [heard, ...said] : said
  const state = happened.reduce<World[S]>(
    (state, event) => evolve(state as never, { ...event, time } as never),
    world[service],
  )
  if (state === world[service] && said.length === 0) return world
  return { ...world, [service]: state, said: [...world.said, ...said] }
}

/** Whether nothing is on its way: every event was handled by all who react to it, and no charge is under way. */
export const isQuiet = (world: World): boolean =>
  world.charging === 0 &&
  world.said.every((event) =>
    listenersTo(event).every((service) => world.heard.has(`${service}:${event.name}`)),
  )
