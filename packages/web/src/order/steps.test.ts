import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EventName, OrderView } from '@saucery/client/schemas'
import { orderView } from '../testing/orders.ts'
import { stepsOf } from './steps.ts'

/** Each step as `label second`, without a second where it was not reached, and `*` where the order stands. */
const read = (order: OrderView) =>
  stepsOf(order).map(
    ({ label, time, isCurrent }) => `${label}${time ? ` ${time.slice(17, 19)}` : ''}${isCurrent ? '*' : ''}`,
  )
const steps = (status: OrderView['status'], events: EventName[]) =>
  read(orderView('an-order', status, events))
const onItsWay: EventName[] = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted']

describe('the steps of an order', () => {
  it('are the usual four, with the time of each that was reached', () => {
    assert.deepEqual(steps('PLACED', ['OrderPlaced']), ['Placed 00*', 'Paid', 'Delivering', 'Delivered'])
    const delivering = ['Placed 00', 'Paid 01', 'Delivering 02*', 'Delivered']
    assert.deepEqual(steps('DELIVERING', onItsWay), delivering)
    const delivered = ['Placed 00', 'Paid 01', 'Delivering 02', 'Delivered 03*']
    assert.deepEqual(steps('DELIVERED', [...onItsWay, 'DeliveryCompleted']), delivered)
  })

  it('are the usual four when a cancellation came too late', () => {
    const events: EventName[] = [...onItsWay, 'DeliveryCompleted', 'OrderCancelled', 'CancellationRefused']
    assert.deepEqual(steps('DELIVERED', events).at(-1), 'Delivered 03*')
  })

  it('end with how a decline, a cancellation or a failed delivery ended it', () => {
    assert.deepEqual(steps('REJECTED', ['OrderPlaced', 'PaymentDeclined']), ['Placed 00', 'Rejected 01*'])
    assert.deepEqual(
      steps('CANCELLED', [...onItsWay, 'OrderCancelled', 'DeliveryCancelled', 'PaymentRefunded']),
      ['Placed 00', 'Paid 01', 'Delivering 02', 'Cancel requested 03', 'Cancelled 05*'],
    )
    assert.deepEqual(steps('FAILED', [...onItsWay, 'DeliveryFailed', 'PaymentRefunded']), [
      'Placed 00',
      'Paid 01',
      'Delivering 02',
      'Delivery failed 03',
      'Refunded 04*',
    ])
  })

  it('show the end that an order is about to have without a time', () => {
    assert.deepEqual(steps('CANCELLING', ['OrderPlaced', 'OrderCancelled']), [
      'Placed 00',
      'Cancel requested 01*',
      'Cancelled',
    ])
    assert.deepEqual(steps('REFUNDING', [...onItsWay, 'DeliveryFailed']).slice(-2), [
      'Delivery failed 03*',
      'Refunded',
    ])
    assert.deepEqual(steps('REFUNDING', [...onItsWay, 'OrderCancelled', 'DeliveryCancelled']).slice(-2), [
      'Cancel requested 03*',
      'Cancelled',
    ])
  })

  it('tell a cancellation by the deadline from one by request', () => {
    const order = orderView('an-order', 'CANCELLED', ['OrderPlaced', 'OrderCancelled', 'PaymentVoided'])
    const timeline = order.timeline.map((entry) => ({ ...entry, data: { reason: 'payment-timeout' } }))
    assert.deepEqual(read({ ...order, timeline }), ['Placed 00', 'Not paid in time 01', 'Cancelled 02*'])
  })

  it('stand at the furthest one when events before it have not been received yet', () => {
    assert.deepEqual(steps('PAID', ['PaymentApproved']), ['Placed', 'Paid 00*', 'Delivering', 'Delivered'])
  })
})
