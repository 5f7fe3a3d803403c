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
import { everyOrder, given, givenState, kitTime } from '@saucery/messaging/testing'
import { complete, type Delivery, type DeliveryEvent, evolve, fail, react } from './domain.ts'

const decider = { react, evolve }
const parcel = { orderId, branchId: '1', sauceId: '2', qty: 3 }
const approved = PaymentApproved({ ...parcel, amount: 3000 })
const orderCancelled = OrderCancelled({ orderId, reason: 'requested' })
const started = DeliveryStarted(parcel)
const completed = DeliveryCompleted({ orderId })
const failed = DeliveryFailed({ orderId, reason: 'undeliverable' })
const cancelled = DeliveryCancelled({ orderId })
const refused = CancellationRefused({ orderId })

const after = (...facts: DeliveryEvent[]): Delivery | undefined => given(decider, ...facts).state

const states = {
  'nothing yet': after(),
  CANCEL_REMEMBERED: after(orderCancelled),
  STARTED: after(approved, started),
  COMPLETED: after(approved, started, completed),
  'COMPLETED, a cancel refused': after(approved, started, completed, orderCancelled, refused),
  FAILED: after(approved, started, failed),
  'CANCELLED after it started': after(approved, started, orderCancelled, cancelled),
  'CANCELLED before it started': after(orderCancelled, approved, cancelled),
}
type State = keyof typeof states

type ConsumedFact = Parameters<typeof react>[1]

const failIt = (delivery: Delivery | undefined) => fail(delivery, 'undeliverable')

describe('a delivery', () => {
  it('is what its events made of it', () => {
    const sent = { ...parcel, startedAt: kitTime }
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

  const table: { on: ConsumedFact; when: State; publishes: ReturnType<typeof react>; becomes: State }[] = [
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
      givenState(decider, states[when])
        .when(on)
        .publishes(...publishes)
        .becomes(states[becomes])
    })

  for (const on of [approved, orderCancelled])
    for (const when of Object.keys(states) as State[])
      if (!table.some((row) => row.on === on && row.when === when))
        it(`publishes nothing on ${on.name} when it is ${when}, and stays the same object`, () => {
          givenState(decider, states[when]).when(on).changesNothing()
        })

  for (const on of [approved, orderCancelled])
    it(`publishes nothing and stays the same when ${on.name} comes again, whatever its status`, () => {
      for (const delivery of Object.values(states)) {
        const once = givenState(decider, delivery).when(on).state
        givenState(decider, once).when(on).changesNothing()
      }
    })

  it('ends cancelled, in whatever order and however often the approval and the cancel come', () => {
    for (const arrival of everyOrder([approved, orderCancelled]))
      assert.equal(given(decider).when(...arrival).state?.status, 'CANCELLED')
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
      givenState(decider, states[state as State])
        .when(complete)
        .refuses('delivery-already-final')
    })
  for (const state of [...final, 'COMPLETED', 'COMPLETED, a cancel refused'] as const)
    it(`cannot fail a delivery that is ${state}`, () => {
      givenState(decider, states[state as State])
        .when(failIt)
        .refuses('delivery-already-final')
    })

  for (const state of ['nothing yet', 'CANCEL_REMEMBERED'] as const)
    it(`finds no delivery that is ${state}`, () => {
      for (const report of [complete, failIt])
        givenState(decider, states[state]).when(report).refuses('delivery-not-found')
    })

  it('changes nothing that is final', () => {
    for (const fact of [completed, failed])
      for (const state of ['COMPLETED', 'FAILED', ...final] as const)
        assert.equal(evolve(states[state as State], { ...fact, time: kitTime }), states[state as State])
  })
})
