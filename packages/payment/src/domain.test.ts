import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeliveryCancelled, DeliveryFailed } from '@saucery/contracts/delivery'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@saucery/contracts/payment'
import { type ChargeOutcome, evolve, type Payment, type PaymentEvent, react, settle } from './domain.ts'

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

const yes: ChargeOutcome = { approved: true }
const no: ChargeOutcome = { approved: false, reason: 'limit-exceeded' }

const given = (...facts: PaymentEvent[]) => facts.reduce<Payment | undefined>(evolve, undefined)

const charge = { orderId, ...wanted, amount: 3000 }
const states = {
  'nothing yet': { payment: given(), facts: [] },
  PENDING: { payment: given(placed), facts: [placed] },
  APPROVED: { payment: given(placed, approved), facts: [placed, approved] },
  DECLINED: { payment: given(placed, declined), facts: [placed, declined] },
  VOIDED: { payment: given(orderCancelled, voided), facts: [voided] },
  REFUNDED: { payment: given(placed, approved, refunded), facts: [placed, approved, refunded] },
}

type Heard = Parameters<typeof react>[1]

/** The payment after it heard the event, and what it said. */
function hear(payment: Payment | undefined, event: Heard, now = payBy) {
  const said = react(payment, event, now)
  return { said, payment: [event, ...said].reduce<Payment | undefined>(evolve, payment) }
}

describe('a payment', () => {
  it('is what its events made of it', () => {
    assert.deepEqual(states.PENDING.payment, { ...charge, status: 'PENDING' })
    assert.deepEqual(states.APPROVED.payment, { ...charge, status: 'APPROVED' })
    assert.deepEqual(states.DECLINED.payment, { ...charge, status: 'DECLINED', reason: 'limit-exceeded' })
    assert.deepEqual(states.VOIDED.payment, { orderId, status: 'VOIDED' })
    assert.deepEqual(states.REFUNDED.payment, { ...charge, status: 'REFUNDED' })
  })

  const table: { on: Heard; when: keyof typeof states; says: readonly PaymentEvent[]; becomes: string }[] = [
    { on: placed, when: 'nothing yet', says: [], becomes: 'PENDING' },
    { on: orderCancelled, when: 'nothing yet', says: [voided], becomes: 'VOIDED' },
    { on: deliveryFailed, when: 'APPROVED', says: [refunded], becomes: 'REFUNDED' },
    { on: deliveryCancelled, when: 'APPROVED', says: [refunded], becomes: 'REFUNDED' },
  ]
  for (const { on, when, says, becomes } of table)
    it(`says ${says[0]?.name ?? 'nothing'} to ${on.name} when it is ${when}, and becomes ${becomes}`, () => {
      const after = hear(states[when].payment, on)
      assert.deepEqual(after.said, says)
      assert.equal(after.payment?.status, becomes)
    })

  for (const on of [placed, orderCancelled, deliveryFailed, deliveryCancelled])
    for (const [when, { payment }] of Object.entries(states))
      if (!table.some((row) => row.on === on && row.when === when))
        it(`says nothing to ${on.name} when it is ${when}, and stays the same object`, () => {
          const after = hear(payment, on)
          assert.deepEqual(after.said, [])
          assert.equal(after.payment, payment)
        })

  for (const on of [placed, orderCancelled, deliveryFailed, deliveryCancelled])
    it(`says and becomes nothing new when ${on.name} comes again, whatever it was`, () => {
      for (const { payment } of Object.values(states)) {
        const once = hear(payment, on)
        const twice = hear(once.payment, on)
        assert.deepEqual(twice.said, [])
        assert.equal(twice.payment, once.payment)
      }
    })
})

describe('settling a charge', () => {
  it('says what the provider answered', () => {
    assert.deepEqual(settle(given(placed), yes), [approved])
    assert.deepEqual(settle(given(placed), no), [declined])
  })

  it('says nothing when it is settled already, whatever the answer', () => {
    for (const [name, { payment }] of Object.entries(states))
      if (name !== 'PENDING') assert.deepEqual([...settle(payment, yes), ...settle(payment, no)], [])
  })
})

describe('an order that is cancelled', () => {
  it('is never charged when the cancel came first', () => {
    const cancelledFirst = hear(given(), orderCancelled).payment
    const then = hear(cancelledFirst, placed)
    assert.equal(then.payment?.status, 'VOIDED')
    assert.deepEqual(settle(then.payment, yes), [])
  })

  it('is settled all the same when the cancel came during the charge', () => {
    const during = hear(given(placed), orderCancelled)
    assert.deepEqual(during.said, [])
    assert.deepEqual(settle(during.payment, yes), [approved])
  })
})

describe('an order that must be paid by a time', () => {
  it('is charged until then, and voided after it', () => {
    assert.deepEqual(hear(given(), placedStrictly, payBy), { said: [], payment: states.PENDING.payment })
    const late = hear(given(), placedStrictly, justAfter)
    assert.deepEqual(late, { said: [voided], payment: states.VOIDED.payment })
  })

  it('is charged at any time when no time was said', () => {
    assert.equal(hear(given(), placed, '2999-01-01T00:00:00.000Z').payment?.status, 'PENDING')
  })

  it('is settled all the same when the time passes during the charge', () => {
    const again = hear(given(placedStrictly), placedStrictly, justAfter)
    assert.deepEqual(again.said, [])
    assert.deepEqual(settle(again.payment, yes), [approved])
  })

  it('is left as it is when the time has passed and it was decided before', () => {
    for (const { payment } of Object.values(states).slice(1)) {
      const after = hear(payment, placedStrictly, justAfter)
      assert.deepEqual(after, { said: [], payment })
    }
  })
})

describe('a refund', () => {
  it('is given once, whether the delivery failed, was cancelled, or both are told', () => {
    const first = hear(given(placed, approved), deliveryFailed)
    const second = hear(first.payment, deliveryCancelled)
    assert.deepEqual([...first.said, ...second.said], [refunded])
  })
})
