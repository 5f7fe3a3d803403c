import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { entry } from '../testing/orders.ts'
import { layoutOf } from './timeline-layout.ts'

const placed = entry('OrderPlaced', 0, 'a request')
const approved = entry('PaymentApproved', 2, 'OrderPlaced')
const started = entry('DeliveryStarted', 3, 'PaymentApproved')
const cancelled = entry('OrderCancelled', 10, 'another request')

describe('the picture of a timeline', () => {
  it('has a row for each event in the order of time, in the lane of who said it', () => {
    const { rows } = layoutOf([started, placed, cancelled, approved])
    assert.deepEqual(
      rows.map(({ entry: { event }, lane }) => [event, lane]),
      [
        ['OrderPlaced', 'order'],
        ['PaymentApproved', 'payment'],
        ['DeliveryStarted', 'delivery'],
        ['OrderCancelled', 'order'],
      ],
    )
  })

  it('has an arrow to each from the event that led to it, or from a request beside it', () => {
    const { arrows } = layoutOf([placed, approved, started, cancelled])
    assert.deepEqual(arrows, [
      { from: { row: 0, lane: 'request' }, to: { row: 0, lane: 'order' } },
      { from: { row: 0, lane: 'order' }, to: { row: 1, lane: 'payment' } },
      { from: { row: 1, lane: 'payment' }, to: { row: 2, lane: 'delivery' } },
      { from: { row: 3, lane: 'request' }, to: { row: 3, lane: 'order' } },
    ])
  })

  it('tells how long a step took since its cause, and a request since the event before', () => {
    const stopped = entry('DeliveryCancelled', 12, 'OrderCancelled')
    const { rows } = layoutOf([placed, approved, cancelled, stopped])
    assert.deepEqual(
      rows.map(({ tookMs }) => tookMs),
      [undefined, 2000, 8000, 2000],
    )
  })

  it('draws from a cause that seems to be later, for clocks differ', () => {
    const early = { ...approved, time: new Date(Date.parse(placed.time) - 5).toISOString() }
    const { rows, arrows } = layoutOf([placed, early])
    assert.deepEqual([rows[0]?.entry.event, rows[0]?.tookMs], ['PaymentApproved', -5])
    assert.deepEqual(arrows[0], { from: { row: 1, lane: 'order' }, to: { row: 0, lane: 'payment' } })
  })

  it('has no arrow to what a clock led to, or an event that has not been heard of', () => {
    const overdue = { ...entry('OrderCancelled', 5), data: { reason: 'payment-timeout' } }
    const { rows, arrows } = layoutOf([overdue, started])
    assert.deepEqual(
      rows.map(({ origin }) => origin),
      ['unheard', 'clock'],
    )
    assert.deepEqual(arrows, [])
  })

  it('is empty for an order of which nothing is known', () => {
    assert.deepEqual(layoutOf([]), { rows: [], arrows: [] })
  })
})
