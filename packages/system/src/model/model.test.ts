import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreography, publishers } from '@saucery/contracts/choreography'
import { orderPaths } from '@saucery/contracts/order-paths'
import { PaymentRefunded } from '@saucery/contracts/payment'
import { isFinal } from '@saucery/contracts/status'
import { exploreOrder } from './explore.ts'
import { type Rules, realRules } from './world.ts'

const { order, payment, delivery, dashboard } = realRules

type Changes = { readonly [Service in keyof Rules]?: Partial<Rules[Service]> }

const realRulesBut = (changes: Changes): Rules => {
  const changed = Object.entries(realRules).map(([service, rules]) => [
    service,
    { ...rules, ...changes[service as keyof Rules] },
  ])
  return Object.fromEntries(changed)
}

const broken: Record<string, Changes> = {
  'payment charges what was voided': {
    payment: {
      evolve: (state, event) =>
        event.name === 'OrderPlaced' ? payment.evolve(undefined, event) : payment.evolve(state, event),
    },
  },
  'payment voids a charge that is under way': {
    payment: {
      react: (state, event, now) =>
        payment.react(
          event.name === 'OrderCancelled' && state?.status === 'PENDING' ? undefined : state,
          event,
          now,
        ),
    },
  },
  'payment refunds at once when the order is cancelled': {
    payment: {
      react: (state, event, now) =>
        event.name === 'OrderCancelled' && state?.status === 'APPROVED'
          ? [PaymentRefunded({ orderId: state.orderId, amount: state.amount })]
          : payment.react(state, event, now),
    },
  },
  'payment charges after the end of its wait': {
    ...realRules,
    payment: { ...payment, react: (state, event) => payment.react(state, event, '') },
  },
  'payment voids a charge that is under way when its time has passed': {
    payment: {
      react: (state, event, now) =>
        payment.react(
          event.name === 'OrderPlaced' && state?.status === 'PENDING' ? undefined : state,
          event,
          now,
        ),
    },
  },
  'payment approves a charge that was given up': {
    payment: {
      settle: (state, answer) =>
        payment.settle(
          state?.status === 'VOID_PENDING' && 'approved' in answer ? { ...state, status: 'PENDING' } : state,
          answer,
        ),
    },
  },
  'payment ends at its deadline without asking for the money': {
    payment: {
      evolve: (state, event) =>
        event.name === 'ChargeOverdue' && state?.status === 'PENDING'
          ? { ...state, status: 'DECLINED', reason: 'provider-unavailable' }
          : payment.evolve(state, event),
    },
  },
  'payment refunds without an answer of the provider': {
    payment: {
      evolve: (state, event) => {
        const after = payment.evolve(state, event)
        return after?.status === 'REFUND_PENDING' ? { ...after, status: 'REFUNDED' } : after
      },
    },
  },
  'payment does not end when the charge that was given up is given back': {
    payment: {
      settle: (state, answer) => (state?.status === 'VOID_PENDING' ? [] : payment.settle(state, answer)),
    },
  },
  'payment takes the answer to a charge for a refund': {
    payment: {
      settle: (state, answer) =>
        payment.settle(state, state?.status === 'REFUND_PENDING' ? { refunded: true } : answer),
    },
  },
  'payment settles again what is settled': {
    payment: {
      settle: (state, answer) =>
        state?.status === 'APPROVED'
          ? payment.settle({ ...state, status: 'PENDING' }, answer)
          : payment.settle(state, answer),
    },
  },
  'payment does not refund a failed delivery': {
    payment: {
      evolve: (state, event) => (event.name === 'DeliveryFailed' ? state : payment.evolve(state, event)),
    },
  },
  'delivery forgets a cancel that came early': {
    delivery: {
      evolve: (state, event) => (event.name === 'OrderCancelled' ? state : delivery.evolve(state, event)),
    },
  },
  'delivery starts twice': {
    delivery: {
      react: (state, event) => delivery.react(event.name === 'PaymentApproved' ? undefined : state, event),
    },
  },
  'delivery refuses a cancellation again and again': {
    delivery: {
      react: (state, event) =>
        delivery.react(
          state?.status === 'COMPLETED' ? { ...state, cancellationRefused: false } : state,
          event,
        ),
    },
  },
  'delivery completes what was cancelled': {
    delivery: {
      complete: (state) =>
        delivery.complete(
          state?.status === 'CANCELLED' && 'startedAt' in state ? { ...state, status: 'STARTED' } : state,
        ),
    },
  },
  'dashboard misses a refund': {
    dashboard: {
      viewOf: (id, timeline) =>
        dashboard.viewOf(
          id,
          timeline.filter(({ event }) => event !== 'PaymentRefunded'),
        ),
    },
  },
  'order gives up on a payment that is decided': {
    ...realRules,
    order: { ...order, timeOut: (state) => order.cancel(state, 'payment-timeout') },
  },
  'order forgets that it was cancelled': {
    order: {
      evolve: (state, event) => (event.name === 'OrderCancelled' ? state : order.evolve(state, event)),
    },
  },
}

const explored = exploreOrder(realRules)

describe('the choreography of one order', () => {
  it('keeps every promise in every state that can be reached', (t) => {
    const { violation, resting, states } = explored
    assert.equal(violation, undefined, violation?.sequence)
    const endings = resting.flatMap(({ order }) => (order && isFinal(order) ? [order] : []))
    assert.deepEqual(new Set(endings), new Set(['CANCELLED', 'DELIVERED', 'FAILED', 'REJECTED']))
    t.diagnostic(`${states} states, ${resting.length} of them at rest`)
  })

  it('knows every way that an order can go, and no other', () => {
    const known = orderPaths.map((path) => path.toSorted((a, b) => (a < b ? -1 : 1)).join(' '))
    // What no path has, and only the dashboard consumes, leads to nothing.
    const onPaths = new Set<string>(orderPaths.flat())
    const consumed = publishers.flatMap((service) => choreography[service].consumes.map(({ event }) => event))
    const counts = (name: string) => onPaths.has(name) || consumed.some((event) => event === name)
    const ways = explored.histories.map((names) => names.split(' ').filter(counts).join(' '))
    assert.deepEqual(new Set(ways), new Set(known))
  })

  for (const [rule, changes] of Object.entries(broken))
    it(`is seen to break when ${rule}`, (t) => {
      const { violation } = exploreOrder(realRulesBut(changes))
      assert.ok(violation)
      t.diagnostic(`"${violation.promise}" is not true after: ${violation.path.join(', ')}`)
    })
})
