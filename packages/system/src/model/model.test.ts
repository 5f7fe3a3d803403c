import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PaymentRefunded } from '@saucery/contracts/payment'
import { explore } from './explore.ts'
import { type Rules, realRules } from './model.ts'

const { order, payment, delivery, dashboard } = realRules

describe('the choreography of one order', () => {
  it('keeps every invariant in every state that can be reached', (t) => {
    const found = explore(realRules)
    assert.equal(found.violation, undefined, JSON.stringify(found.violation, null, 2))
    assert.deepEqual(found.endings, new Set(['CANCELLED', 'DELIVERED', 'FAILED', 'REJECTED']))
    t.diagnostic(`${found.states} states, ${found.quietStates} of them quiet`)
  })

  const broken: Record<string, Rules> = {
    'payment charges what was voided': {
      ...realRules,
      payment: {
        ...payment,
        evolve: (state, event) =>
          event.name === 'OrderPlaced' ? payment.evolve(undefined, event) : payment.evolve(state, event),
      },
    },
    'payment voids a charge that is under way': {
      ...realRules,
      payment: {
        ...payment,
        react: (state, event, now) =>
          payment.react(
            event.name === 'OrderCancelled' && state?.status === 'PENDING' ? undefined : state,
            event,
            now,
          ),
      },
    },
    'payment refunds at once when the order is cancelled': {
      ...realRules,
      payment: {
        ...payment,
        react: (state, event, now) =>
          event.name === 'OrderCancelled' && state?.status === 'APPROVED'
            ? [PaymentRefunded({ orderId: state.orderId, amount: state.amount })]
            : payment.react(state, event, now),
      },
    },
    'payment charges what nobody waits for any longer': {
      ...realRules,
      payment: { ...payment, react: (state, event) => payment.react(state, event, '') },
    },
    'payment voids a charge that is under way when its time has passed': {
      ...realRules,
      payment: {
        ...payment,
        react: (state, event, now) =>
          payment.react(
            event.name === 'OrderPlaced' && state?.status === 'PENDING' ? undefined : state,
            event,
            now,
          ),
      },
    },
    'payment settles again what is settled': {
      ...realRules,
      payment: {
        ...payment,
        settle: (state, answer) =>
          state?.status === 'APPROVED'
            ? payment.settle({ ...state, status: 'PENDING' }, answer)
            : payment.settle(state, answer),
      },
    },
    'payment does not refund a failed delivery': {
      ...realRules,
      payment: {
        ...payment,
        react: (state, event, now) =>
          event.name === 'DeliveryFailed' ? [] : payment.react(state, event, now),
      },
    },
    'delivery forgets a cancel that came early': {
      ...realRules,
      delivery: {
        ...delivery,
        evolve: (state, event) => (event.name === 'OrderCancelled' ? state : delivery.evolve(state, event)),
      },
    },
    'delivery starts twice': {
      ...realRules,
      delivery: {
        ...delivery,
        react: (state, event) => delivery.react(event.name === 'PaymentApproved' ? undefined : state, event),
      },
    },
    'delivery refuses a cancellation again and again': {
      ...realRules,
      delivery: {
        ...delivery,
        react: (state, event) =>
          delivery.react(
            state?.status === 'COMPLETED' ? { ...state, cancellationRefused: false } : state,
            event,
          ),
      },
    },
    'delivery completes what was cancelled': {
      ...realRules,
      delivery: {
        ...delivery,
        complete: (state) =>
          delivery.complete(
            state?.status === 'CANCELLED' && 'startedAt' in state ? { ...state, status: 'STARTED' } : state,
          ),
      },
    },
    'dashboard overlooks a refund': {
      ...realRules,
      dashboard: {
        ...dashboard,
        viewOf: (id, timeline) =>
          dashboard.viewOf(
            id,
            timeline.filter(({ event }) => event !== 'PaymentRefunded'),
          ),
      },
    },
    'order gives up on a payment that it has heard of': {
      ...realRules,
      order: { ...order, timeOut: (state) => order.cancel(state, 'payment-timeout') },
    },
    'order forgets that it was cancelled': {
      ...realRules,
      order: {
        ...order,
        evolve: (state, event) => (event.name === 'OrderCancelled' ? state : order.evolve(state, event)),
      },
    },
  }

  for (const [rule, rules] of Object.entries(broken))
    it(`is seen to break when ${rule}`, (t) => {
      const { violation } = explore(rules)
      assert.ok(violation)
      t.diagnostic(`${violation.invariant}: ${violation.path.join(', ')}`)
    })
})
