import type { CommitStep, Step } from '@saucery/messaging/testing'
import { isDecided } from '@saucery/order/domain'
import { askedFor, ChargeOverdue, isOpen, type ProviderAnswer } from '@saucery/payment/domain'
import { isStrict, modelOrderId, type OrderWorld, type Outside, type Rules } from './world.ts'

type Transition = Step<OrderWorld>

/** What can happen besides requests and messages: an end of a wait, a call to the provider. */
export const transitionsFrom = (
  world: OrderWorld,
  commit: CommitStep<OrderWorld>,
  rules: Rules,
): Transition[] => [...waits(world, commit, rules), ...calls(world, commit, rules)]

const outside = (world: OrderWorld, changes: Partial<Outside>): OrderWorld => ({
  ...world,
  environment: { ...world.environment, ...changes },
})

/** The replica that waits decides at the end of its wait, or has crashed before. The two clocks need not agree. */
function waits(world: OrderWorld, commit: CommitStep<OrderWorld>, rules: Rules): Transition[] {
  if (!isStrict(world)) return []
  const { order } = world.states
  const passing = {
    action: 'payBy passes',
    to: world.environment.late ? world : outside(world, { late: true }),
  }
  const cancelled = timeOutUnlessRefused(world, rules)
  if (!cancelled) return [passing]
  const to = commit(world, 'order', cancelled)
  const isInVain = to !== world && order !== undefined && isDecided(order)
  return [passing, { action: 'the wait ends', to: isInVain ? outside(to, { cancelledInVain: true }) : to }]
}

function timeOutUnlessRefused({ states }: OrderWorld, rules: Rules) {
  try {
    return rules.order.timeOut(states.order)
  } catch {
    return undefined
  }
}

/** Payment's first transaction, after which the message is acknowledged. The row of an open payment has it asked. */
export function outsideAfter({ states, environment }: OrderWorld): Outside {
  if (states.payment?.status !== 'PENDING' || environment.charging) return environment
  return { ...environment, charging: true, chargedLate: environment.late }
}

/**
 * Calls to the provider. Their outcome becomes known, or is lost by a crash, a timeout or nonsense, and asked again. A
 * call that is on its way when it is given up may arrive at any later time, and so may its answer.
 */
function calls(world: OrderWorld, commit: CommitStep<OrderWorld>, rules: Rules): Transition[] {
  const { payment } = world.states
  const { charging, provider } = world.environment
  const asksRefund = isOpen(payment) && askedFor[payment.status] === 'refund'
  const call = (asked: 'charge' | 'refund', next: Provider) => callsOf(world, commit, rules, asked, next)
  return [
    ...(payment?.status === 'PENDING' ? [giveUp(world, commit)] : []),
    ...(charging ? chargesOf(provider).flatMap((next) => call('charge', next)) : []),
    ...(asksRefund || provider === 'refunded' || provider === 'cancelled'
      ? call('refund', refundOf(provider))
      : []),
  ]
}

const giveUp = (world: OrderWorld, commit: CommitStep<OrderWorld>): Transition => ({
  action: 'the charge is given up',
  to: commit(world, 'payment', [], ChargeOverdue(modelOrderId)),
})

type Provider = Outside['provider']

/** A first charge may be approved or declined; a repeated one is answered as before. */
const chargesOf = (provider: Provider): readonly Provider[] =>
  provider === 'nothing' ? ['approved', 'declined'] : [provider]

const refundOf = (provider: Provider): Provider =>
  provider === 'approved' ? 'refunded' : provider === 'nothing' ? 'cancelled' : provider

/** One call: the provider books it, and its outcome stays unknown or is settled. */
function callsOf(
  world: OrderWorld,
  commit: CommitStep<OrderWorld>,
  rules: Rules,
  asked: 'charge' | 'refund',
  provider: Provider,
): Transition[] {
  const booked = provider === world.environment.provider ? world : outside(world, { provider })
  const outcome = asked === 'refund' ? ({ refunded: true } as const) : outcomeOf(provider)
  const settled = rules.payment.settle(booked.states.payment, outcome)
  return [
    { action: `${asked}, ${provider}, unknown`, to: booked },
    { action: `${asked}, ${provider}, settled`, to: commit(booked, 'payment', settled) },
  ]
}

const outcomeOf = (provider: Provider): ProviderAnswer =>
  provider === 'approved' || provider === 'refunded'
    ? { approved: true }
    : { approved: false, reason: provider === 'declined' ? 'limit-exceeded' : provider }
