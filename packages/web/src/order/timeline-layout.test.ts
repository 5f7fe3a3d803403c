import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreographyTable } from '../build/choreography-table.ts'
import { timelineEntry } from '../testing/orders.ts'
import { lanesOf, layoutOf } from './timeline-layout.ts'

const placed = timelineEntry('OrderPlaced', 0, 'a request')
const approved = timelineEntry('PaymentApproved', 2, 'OrderPlaced')
const started = timelineEntry('DeliveryStarted', 3, 'PaymentApproved')
const cancelled = timelineEntry('OrderCancelled', 10, 'another request')

describe('the picture of a timeline', () => {
  it('has a lane for requests, and one for each service that publishes', () => {
    const publishers = choreographyTable.flatMap(({ service, stream }) => (stream ? service : []))
    assert.deepEqual(lanesOf(choreographyTable), ['request', ...publishers])
  })

  it('has a row for each event by time, in the lane of its publisher', () => {
    const { rows } = layoutOf([started, placed, cancelled, approved], choreographyTable)
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
    const { arrows } = layoutOf([placed, approved, started, cancelled], choreographyTable)
    assert.deepEqual(arrows, [
      { from: { row: 0, lane: 'request' }, to: { row: 0, lane: 'order' } },
      { from: { row: 0, lane: 'order' }, to: { row: 1, lane: 'payment' } },
      { from: { row: 1, lane: 'payment' }, to: { row: 2, lane: 'delivery' } },
      { from: { row: 3, lane: 'request' }, to: { row: 3, lane: 'order' } },
    ])
  })

  it('tells the time since the cause, and for a request the time since the event before', () => {
    const stopped = timelineEntry('DeliveryCancelled', 12, 'OrderCancelled')
    const { rows } = layoutOf([placed, approved, cancelled, stopped], choreographyTable)
    assert.deepEqual(
      rows.map(({ tookMs }) => tookMs),
      [undefined, 2000, 8000, 2000],
    )
  })

  it('draws an arrow from a cause that seems to be later, because clocks differ', () => {
    const early = { ...approved, time: new Date(Date.parse(placed.time) - 5).toISOString() }
    const { rows, arrows } = layoutOf([placed, early], choreographyTable)
    assert.deepEqual([rows[0]?.entry.event, rows[0]?.tookMs], ['PaymentApproved', -5])
    assert.deepEqual(arrows[0], { from: { row: 1, lane: 'order' }, to: { row: 0, lane: 'payment' } })
  })

  it('has no arrow to an event caused by a deadline or by an event that is missing', () => {
    const overdue = { ...timelineEntry('OrderCancelled', 5), data: { reason: 'payment-timeout' } }
    const { rows, arrows } = layoutOf([overdue, started], choreographyTable)
    assert.deepEqual(
      rows.map(({ trigger }) => trigger),
      ['missing-event', 'deadline'],
    )
    assert.deepEqual(arrows, [])
  })

  it('is empty for an order without events', () => {
    assert.deepEqual(layoutOf([], choreographyTable), { rows: [], arrows: [] })
  })
})
