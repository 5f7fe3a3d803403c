import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  CancellationRefused,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryFailed,
  DeliveryStarted,
} from '@saucery/contracts/delivery'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { OrderCancelled } from '@saucery/contracts/order'
import { PaymentApproved } from '@saucery/contracts/payment'
import { complete, type Delivery, type DeliveryEvent, evolve, fail, Refused, react } from './domain.ts'

const time = '2026-01-01T00:00:00.000Z'
const parcel = { orderId, branchId: '1', sauceId: '2', qty: 3 }
const approved = PaymentApproved({ ...parcel, amount: 3000 })
const orderCancelled = OrderCancelled({ orderId, reason: 'requested' })
const started = DeliveryStarted(parcel)
const completed = DeliveryCompleted({ orderId })
const failed = DeliveryFailed({ orderId, reason: 'undeliverable' })
const cancelled = DeliveryCancelled({ orderId })
const refused = CancellationRefused({ orderId })

const after = (delivery: Delivery | undefined, facts: readonly DeliveryEvent[]) =>
  facts.reduce<Delivery | undefined>((state, fact) => evolve(state, { ...fact, time }), delivery)
const given = (...facts: DeliveryEvent[]) => after(undefined, facts)

const states = {
  'nothing yet': given(),
  CANCEL_REMEMBERED: given(orderCancelled),
  STARTED: given(approved, started),
  COMPLETED: given(approved, started, completed),
  'COMPLETED, a cancel refused': given(approved, started, completed, orderCancelled, refused),
  FAILED: given(approved, started, failed),
  'CANCELLED after it started': given(approved, started, orderCancelled, cancelled),
  'CANCELLED before it started': given(orderCancelled, approved, cancelled),
}
type State = keyof typeof states

type ConsumedFact = Parameters<typeof react>[1]

/** The delivery after it consumed the event, and what it published. */
function consume(delivery: Delivery | undefined, event: ConsumedFact) {
  const published = react(delivery, event)
  return { published, delivery: after(delivery, [event, ...published]) }
}

const refusedWith = (code: Refused['code']) => (error: unknown) =>
  error instanceof Refused && error.code === code

describe('a delivery', () => {
  it('is what its events made of it', () => {
    const sent = { ...parcel, startedAt: time }
    assert.deepEqual(Object.values(states), [
      undefined,
      { orderId, status: 'CANCEL_REMEMBERED' },
      { ...sent, status: 'STARTED' },
      { ...sent, status: 'COMPLETED', cancellationRefused: false },
      { ...sent, status: 'COMPLETED', cancellationRefused: true },
      { ...sent, status: 'FAILED', reason: 'undeliverable' },
      { ...sent, status: 'CANCELLED' },
      { orderId, status: 'CANCELLED' },
    ])
  })

  const table: { on: ConsumedFact; when: State; publishes: readonly DeliveryEvent[]; becomes: State }[] = [
    { on: approved, when: 'nothing yet', publishes: [started], becomes: 'STARTED' },
    {
      on: approved,
      when: 'CANCEL_REMEMBERED',
      publishes: [cancelled],
      becomes: 'CANCELLED before it started',
    },
    { on: orderCancelled, when: 'nothing yet', publishes: [], becomes: 'CANCEL_REMEMBERED' },
    { on: orderCancelled, when: 'STARTED', publishes: [cancelled], becomes: 'CANCELLED after it started' },
    { on: orderCancelled, when: 'COMPLETED', publishes: [refused], becomes: 'COMPLETED, a cancel refused' },
  ]
  for (const { on, when, publishes, becomes } of table)
    it(`publishes ${publishes[0]?.name ?? 'nothing'} on ${on.name} when it is ${when}, and becomes ${becomes}`, () => {
      assert.deepEqual(consume(states[when], on), { published: publishes, delivery: states[becomes] })
    })

  for (const on of [approved, orderCancelled])
    for (const when of Object.keys(states) as State[])
      if (!table.some((row) => row.on === on && row.when === when))
        it(`publishes nothing on ${on.name} when it is ${when}, and stays the same object`, () => {
          const after = consume(states[when], on)
          assert.deepEqual(after.published, [])
          assert.equal(after.delivery, states[when])
        })

  for (const on of [approved, orderCancelled])
    it(`publishes nothing and stays the same when ${on.name} comes again, whatever its status`, () => {
      for (const delivery of Object.values(states)) {
        const once = consume(delivery, on)
        const twice = consume(once.delivery, on)
        assert.deepEqual(twice.published, [])
        assert.equal(twice.delivery, once.delivery)
      }
    })

  it('ends cancelled, whether the approval or the cancel comes first', () => {
    for (const [first, second] of [
      [approved, orderCancelled],
      [orderCancelled, approved],
    ] as const) {
      const { delivery } = consume(consume(undefined, first).delivery, second)
      assert.equal(delivery?.status, 'CANCELLED')
    }
  })
})

describe('the courier', () => {
  it('completes a started delivery', () => {
    assert.deepEqual(complete(states.STARTED), [completed])
  })

  it('fails a started delivery, with the reason', () => {
    assert.deepEqual(fail(states.STARTED, 'undeliverable'), [failed])
    assert.deepEqual(fail(states.STARTED, 'overdue'), [DeliveryFailed({ orderId, reason: 'overdue' })])
  })

  it('may report the same twice, and the second report changes nothing', () => {
    assert.deepEqual(complete(states.COMPLETED), [])
    assert.deepEqual(complete(states['COMPLETED, a cancel refused']), [])
    assert.deepEqual(fail(states.FAILED, 'overdue'), [])
  })

  const final: State[] = ['CANCELLED after it started', 'CANCELLED before it started']
  for (const state of [...final, 'FAILED'] as const)
    it(`cannot complete a delivery that is ${state}`, () => {
      assert.throws(() => complete(states[state as State]), refusedWith('delivery-already-final'))
    })
  for (const state of [...final, 'COMPLETED', 'COMPLETED, a cancel refused'] as const)
    it(`cannot fail a delivery that is ${state}`, () => {
      assert.throws(
        () => fail(states[state as State], 'undeliverable'),
        refusedWith('delivery-already-final'),
      )
    })

  for (const state of ['nothing yet', 'CANCEL_REMEMBERED'] as const)
    it(`finds no delivery that is ${state}`, () => {
      assert.throws(() => complete(states[state]), refusedWith('delivery-not-found'))
      assert.throws(() => fail(states[state], 'undeliverable'), refusedWith('delivery-not-found'))
    })

  it('changes nothing that is final', () => {
    for (const fact of [completed, failed])
      for (const state of ['COMPLETED', 'FAILED', ...final] as const)
        assert.equal(after(states[state as State], [fact]), states[state as State])
  })
})
