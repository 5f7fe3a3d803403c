import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeliveryCancelled, DeliveryFailed } from '@saucery/contracts/delivery'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@saucery/contracts/payment'
import { everyOrder, given, givenState } from '@saucery/messaging/testing'
import {
  ChargeOverdue,
  evolve,
  type Payment,
  type PaymentEvent,
  type ProviderAnswer,
  react,
  settle,
} from './domain.ts'

const wanted = { branchId: '1', sauceId: '2', qty: 3 }
const placed = OrderPlaced({ orderId, ...wanted, price: 1000, amount: 3000 })
const [payBy, justAfter] = ['2026-01-01T00:00:00.680Z', '2026-01-01T00:00:00.681Z']
const placedStrictly = OrderPlaced({ ...placed.data, payBy })
const orderCancelled = OrderCancelled({ orderId, reason: 'requested' })
const deliveryFailed = DeliveryFailed({ orderId, reason: 'undeliverable' })
const deliveryCancelled = DeliveryCancelled({ orderId })
const approved = PaymentApproved({ orderId, ...wanted, amount: 3000 })
const declined = PaymentDeclined({ orderId, amount: 3000, reason: 'limit-exceeded' })
const voided = PaymentVoided({ orderId })
const refunded = PaymentRefunded({ orderId, amount: 3000 })

const overdue = ChargeOverdue(orderId)
const unavailable = PaymentDeclined({ orderId, amount: 3000, reason: 'provider-unavailable' })

const approval: ProviderAnswer = { approved: true }
const refusal: ProviderAnswer = { approved: false, reason: 'limit-exceeded' }
const repayment: ProviderAnswer = { refunded: true }
const outcomes = [approval, refusal, repayment]

type ConsumedFact = Parameters<typeof react>[1]

const deciderAt = (now: string) => ({
  react: (payment: Payment | undefined, event: ConsumedFact) => react(payment, event, now),
  evolve,
})
const decider = deciderAt(payBy)

const after = (...facts: PaymentEvent[]) => facts.reduce<Payment | undefined>(evolve, undefined)

const charge = { orderId, ...wanted, amount: 3000 }
const states = {
  'nothing yet': { payment: after() },
  PENDING: { payment: after(placed) },
  VOID_PENDING: { payment: after(placed, overdue) },
  APPROVED: { payment: after(placed, approved) },
  DECLINED: { payment: after(placed, declined) },
  VOIDED: { payment: after(orderCancelled, voided) },
  REFUND_PENDING: { payment: after(placed, approved, deliveryFailed) },
  REFUNDED: { payment: after(placed, approved, deliveryFailed, refunded) },
}

describe('a payment', () => {
  it('is what its events made of it', () => {
    assert.deepEqual(states.PENDING.payment, { ...charge, status: 'PENDING' })
    assert.deepEqual(states.APPROVED.payment, { ...charge, status: 'APPROVED' })
    assert.deepEqual(states.DECLINED.payment, { ...charge, status: 'DECLINED', reason: 'limit-exceeded' })
    assert.deepEqual(states.VOIDED.payment, { orderId, status: 'VOIDED' })
    assert.deepEqual(states.VOID_PENDING.payment, { ...charge, status: 'VOID_PENDING' })
    assert.deepEqual(states.REFUND_PENDING.payment, { ...charge, status: 'REFUND_PENDING' })
    assert.deepEqual(states.REFUNDED.payment, { ...charge, status: 'REFUNDED' })
  })

  const table: {
    on: ConsumedFact
    when: keyof typeof states
    publishes: ReturnType<typeof react>
    becomes: string
  }[] = [
    { on: placed, when: 'nothing yet', publishes: [], becomes: 'PENDING' },
    { on: orderCancelled, when: 'nothing yet', publishes: [voided], becomes: 'VOIDED' },
    { on: deliveryFailed, when: 'APPROVED', publishes: [], becomes: 'REFUND_PENDING' },
    { on: deliveryCancelled, when: 'APPROVED', publishes: [], becomes: 'REFUND_PENDING' },
  ]
  for (const { on, when, publishes, becomes } of table)
    it(`publishes ${publishes[0]?.name ?? 'nothing'} on ${on.name} when it is ${when}, and becomes ${becomes}`, () => {
      const decided = givenState(decider, states[when].payment).when(on)
      assert.equal(decided.publishes(...publishes).state?.status, becomes)
    })

  for (const on of [placed, orderCancelled, deliveryFailed, deliveryCancelled])
    for (const [when, { payment }] of Object.entries(states))
      if (!table.some((row) => row.on === on && row.when === when))
        it(`publishes nothing on ${on.name} when it is ${when}, and stays the same object`, () => {
          givenState(decider, payment).when(on).changesNothing()
        })

  for (const on of [placed, orderCancelled, deliveryFailed, deliveryCancelled])
    it(`publishes nothing and stays the same when ${on.name} comes again, whatever its status`, () => {
      for (const { payment } of Object.values(states)) {
        const once = givenState(decider, payment).when(on).state
        givenState(decider, once).when(on).changesNothing()
      }
    })
})

describe('settling a payment', () => {
  const known: [when: keyof typeof states, outcome: ProviderAnswer, publishes: PaymentEvent][] = [
    ['PENDING', approval, approved],
    ['PENDING', refusal, declined],
    ['VOID_PENDING', repayment, unavailable],
    ['REFUND_PENDING', repayment, refunded],
  ]
  for (const [when, outcome, publishes] of known)
    it(`publishes ${publishes.name} when it is ${when} and the answer is ${JSON.stringify(outcome)}`, () => {
      assert.deepEqual(settle(states[when].payment, outcome), [publishes])
    })

  it('publishes nothing on an answer that is no longer asked for, whatever the status', () => {
    for (const [when, { payment }] of Object.entries(states))
      for (const outcome of outcomes)
        if (!known.some((row) => row[0] === when && row[1] === outcome))
          assert.deepEqual(settle(payment, outcome), [], `${when} ${JSON.stringify(outcome)}`)
  })
})

describe('a charge whose outcome is unknown at its deadline', () => {
  it('is not settled by an approval any more, and ends as declined when nothing is held', () => {
    const givenUp = after(placed, overdue)
    assert.deepEqual(settle(givenUp, approval), [])
    const [end] = settle(givenUp, repayment)
    const reason = 'provider-unavailable'
    assert.deepEqual(end && evolve(givenUp, end), { ...charge, status: 'DECLINED', reason })
  })

  it('is given up only while it is PENDING', () => {
    for (const [when, { payment }] of Object.entries(states))
      if (when !== 'PENDING') assert.equal(evolve(payment, overdue), payment)
  })
})

describe('an order that is cancelled', () => {
  it('is never charged when the cancel came first', () => {
    const then = given(decider).when(orderCancelled, placed).becomes(states.VOIDED.payment)
    assert.deepEqual(settle(then.state, approval), [])
  })

  it('is still settled when the cancel came during the charge', () => {
    const during = given(decider, placed).when(orderCancelled).changesNothing()
    assert.deepEqual(settle(during.state, approval), [approved])
  })
})

describe('an order that must be paid by a time', () => {
  it('is charged until then, and voided after it', () => {
    given(decider).when(placedStrictly).publishes().becomes(states.PENDING.payment)
    given(deciderAt(justAfter)).when(placedStrictly).publishes(voided).becomes(states.VOIDED.payment)
  })

  it('is charged at any time without a `payBy`', () => {
    given(deciderAt('2999-01-01T00:00:00.000Z')).when(placed).becomes(states.PENDING.payment)
  })

  it('is still settled when the time passes during the charge', () => {
    const again = given(deciderAt(justAfter), placedStrictly).when(placedStrictly).changesNothing()
    assert.deepEqual(settle(again.state, approval), [approved])
  })

  it('stays as it is when it was decided before the time passed', () => {
    for (const { payment } of Object.values(states).slice(1))
      givenState(deciderAt(justAfter), payment).when(placedStrictly).changesNothing()
  })
})

describe('a refund', () => {
  const giveBack = (payment: Payment | undefined) => settle(payment, repayment)

  it('is given once, whether the delivery failed, was cancelled, or both, however often that comes', () => {
    for (const arrival of everyOrder([deliveryFailed, deliveryCancelled]))
      given(decider, placed, approved)
        .when(...arrival, giveBack, giveBack)
        .publishes(refunded)
        .becomes(states.REFUNDED.payment)
  })
})

describe('the record of a refund', () => {
  it('changes only a payment that waits for it', () => {
    for (const [name, { payment }] of Object.entries(states))
      if (name !== 'REFUND_PENDING') assert.equal(evolve(payment, refunded), payment, name)
  })
})
