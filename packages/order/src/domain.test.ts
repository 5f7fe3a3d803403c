import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Consumed, choreography } from '@saucery/contracts/choreography'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { OrderCancelled, OrderPlaced } from '@saucery/contracts/order'
import { isFinal, statusOf } from '@saucery/contracts/status'
import { anyOrder, everyOrder } from '@saucery/messaging/testing'
import fc from 'fast-check'
import { cancel, evolve, isDecided, type Order, type OrderEvent, place, Refused, timeOut } from './domain.ts'

const time = '2026-01-01T00:00:00.000Z'
const request = { branchId: '1', sauceId: '2', qty: 3, price: 1000 }
const placed = OrderPlaced({ orderId, ...request, amount: 3000 })
const cancelled = OrderCancelled({ orderId, reason: 'requested' })

const consumed = choreography.order.consumes.map((type) => type({ ...type.example, orderId } as never))
const [approved, declined, voided, refunded, started, completed, failed, deliveryCancelled] =
  consumed as Consumed<'order'>[] as [
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
    OrderEvent,
  ]

const after = (facts: readonly OrderEvent[]) =>
  facts.reduce<Order | undefined>((order, fact) => evolve(order, { ...fact, time }), undefined)

/** An order that was placed, and to which these facts happened. */
function given(...facts: OrderEvent[]): Order {
  const order = after([placed, ...facts])
  assert.ok(order)
  return order
}

const refusedWith = (code: Refused['code']) => (error: unknown) =>
  error instanceof Refused && error.code === code

describe('placing an order', () => {
  it('publishes what was ordered, and for how much', () => {
    assert.deepEqual(place(orderId, request), [placed])
  })

  it('publishes `payBy` of a strict wait, and does not store it', () => {
    const payBy = '2026-01-01T00:00:00.680Z'
    const strict = OrderPlaced({ orderId, ...request, amount: 3000, payBy })
    assert.deepEqual(place(orderId, request, payBy), [strict])
    assert.deepEqual(after([strict]), given())
  })

  it('takes a price of nothing', () => {
    const [published] = place(orderId, { ...request, price: 0 })
    assert.equal(published?.name === 'OrderPlaced' && published.data.amount, 0)
  })

  it('takes the largest amount that is exact, and refuses the next', () => {
    const largest = { ...request, qty: 1, price: Number.MAX_SAFE_INTEGER }
    assert.equal(place(orderId, largest).length, 1)
    assert.throws(() => place(orderId, { ...largest, qty: 2 }), refusedWith('amount-too-large'))
  })
})

describe('cancelling an order', () => {
  const cancellable = [
    { status: 'PLACED', facts: [] },
    { status: 'PAID', facts: [approved] },
    { status: 'DELIVERING', facts: [approved, started] },
    { status: 'REFUNDING', facts: [approved, started, failed] },
    { status: 'REFUNDING', facts: [approved, deliveryCancelled] },
  ]
  for (const { status, facts } of cancellable)
    it(`is accepted while it is ${status}, after ${facts.at(-1)?.name ?? 'nothing'}`, () => {
      const order = given(...facts)
      assert.equal(order.status, status)
      assert.deepEqual(cancel(order, 'requested'), [cancelled])
    })

  const final = [
    { status: 'DELIVERED', facts: [approved, started, completed] },
    { status: 'FAILED', facts: [approved, started, failed, refunded] },
    { status: 'CANCELLED', facts: [cancelled, voided] },
    { status: 'CANCELLED', facts: [approved, cancelled, deliveryCancelled, refunded] },
    { status: 'REJECTED', facts: [declined] },
  ]
  for (const { status, facts } of final)
    it(`is refused when it is ${status}, after ${facts.at(-1)?.name}`, () => {
      const order = given(...facts)
      assert.equal(order.status, status)
      assert.throws(() => cancel(order, 'requested'), refusedWith('order-already-final'))
    })

  it('publishes nothing the second time, for whatever reason', () => {
    assert.deepEqual(cancel(given(cancelled), 'requested'), [])
    assert.deepEqual(cancel(given(cancelled), 'payment-timeout'), [])
  })

  it('carries its reason', () => {
    assert.deepEqual(cancel(given(), 'payment-timeout'), [
      OrderCancelled({ orderId, reason: 'payment-timeout' }),
    ])
  })

  it('is refused for an order that was not placed', () => {
    assert.throws(() => cancel(undefined, 'requested'), refusedWith('order-not-found'))
  })
})

describe('an order whose strict wait for payment ends', () => {
  const timedOut = OrderCancelled({ orderId, reason: 'payment-timeout' })

  it('is cancelled when payment has not decided', () => {
    assert.deepEqual(timeOut(given()), [timedOut])
    assert.equal(given(timedOut).status, 'CANCELLING')
  })

  for (const fact of consumed)
    it(`stays as it is when ${fact.name} was consumed, with or without a cancel before it`, () => {
      assert.deepEqual(timeOut(given(fact)), [])
      assert.deepEqual(timeOut(given(cancelled, fact)), [])
      assert.ok(isDecided(given(cancelled, fact)))
    })

  it('is not cancelled twice', () => {
    assert.deepEqual(timeOut(given(cancelled)), [])
    assert.deepEqual(timeOut(given(timedOut)), [])
    assert.ok(!isDecided(given(timedOut)))
  })
})

describe('an order', () => {
  it('is PLACED at the time of its event', () => {
    const status = 'PLACED'
    assert.deepEqual(given(), {
      id: orderId,
      ...request,
      amount: 3000,
      facts: ['OrderPlaced'],
      status,
      placedAt: time,
    })
  })

  it('is not created by the events of others', () => {
    for (const fact of [...consumed, cancelled]) assert.equal(after([fact]), undefined)
  })

  for (const fact of consumed)
    it(`is the very same object when it consumes ${fact.name} again`, () => {
      const order = given(fact)
      assert.equal(evolve(order, { ...fact, time: '2027-01-01T00:00:00.000Z' }), order)
    })

  it('never goes back to an earlier status', () => {
    assert.equal(given(approved, started, completed, cancelled).status, 'DELIVERED')
    assert.equal(given(refunded, approved).status, 'CANCELLED')
    assert.equal(given(completed, started).status, 'DELIVERED')
  })

  it('is the same whatever the order of arrival and the repetitions', () => {
    for (const facts of [...walks, [...consumed, cancelled]]) {
      const once = given(...facts)
      assert.equal(once.status, statusOf(new Set(['OrderPlaced', ...facts.map(({ name }) => name)])))
      for (const arrival of everyOrder(facts)) assert.deepEqual(given(...arrival), once)
    }
  })

  it('is the same also of facts that no walk has together, each up to three times', () => {
    fc.assert(
      fc.property(fc.subarray([...consumed, cancelled]), fc.nat(), (facts, seed) => {
        const order = given(...anyOrder([placed, ...facts], { times: 3, seed, print: () => {} }))
        assert.deepEqual(order, given(...facts))
        assert.equal(order.status, statusOf(new Set(['OrderPlaced', ...facts.map(({ name }) => name)])))
      }),
      { numRuns: 1000 },
    )
  })

  it('stays final once it is, on every walk of the choreography', () => {
    for (const walk of walks)
      for (const arrival of everyOrder(walk, { times: 1 })) {
        const statuses = arrival.map((_, i) => given(...arrival.slice(0, i + 1)).status)
        const ends = new Set(statuses.slice(statuses.findIndex(isFinal)))
        // A refund told before why is first taken for a cancel.
        if (ends.has('FAILED')) ends.delete('CANCELLED')
        assert.equal(ends.size, 1)
      }
  })
})

const walks: OrderEvent[][] = [
  [approved, started, completed],
  [approved, started, completed, cancelled],
  [declined],
  [declined, cancelled],
  [cancelled, voided],
  [voided],
  [approved, cancelled, deliveryCancelled, refunded],
  [approved, started, cancelled, deliveryCancelled, refunded],
  [approved, started, failed, refunded],
  [approved, started, failed, cancelled, refunded],
]
