import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderView } from '../testing/orders.ts'
import { openEventReader } from './flow-events.ts'
import { openRates } from './rates.ts'

const placed = orderView('1', 'PLACED', ['OrderPlaced'])
const paid = orderView('1', 'PAID', ['OrderPlaced', 'PaymentApproved'])

/** Placed long before it arrives. */
const arrived = (orderId: string) => {
  const view = orderView(orderId, 'DELIVERED', ['OrderPlaced', 'PaymentApproved', 'DeliveryCompleted'])
  const timeline = view.timeline.map((entry, i) =>
    i < 2 ? entry : { ...entry, time: '2026-01-31T13:00:00.000Z' },
  )
  return { ...view, timeline }
}

describe('the events in views of orders', () => {
  const names = (events: readonly { name: string }[]) => events.map(({ name }) => name)

  it('are those that no view before had, in whatever order they come', () => {
    const read = openEventReader()
    assert.deepEqual(names(read([placed])), ['OrderPlaced'])
    assert.deepEqual(names(read([paid, placed, paid])), ['PaymentApproved'])
    assert.deepEqual(read([placed]), [])
  })

  it('are of a new order those that came together with the last one', () => {
    const read = openEventReader()
    assert.deepEqual(names(read([paid])), ['OrderPlaced', 'PaymentApproved'])
    assert.deepEqual(names(read([arrived('2')])), ['DeliveryCompleted'])
  })

  it('are remembered for so many orders', () => {
    const read = openEventReader(2)
    for (const id of ['1', '2', '1', '3']) read([orderView(id, 'PLACED', ['OrderPlaced'])])
    assert.equal(read([orderView('1', 'PLACED', ['OrderPlaced'])]).length, 0)
    assert.equal(read([orderView('2', 'PLACED', ['OrderPlaced'])]).length, 1)
  })
})

describe('the rate of an edge', () => {
  it('is that of the last five seconds', () => {
    const rates = openRates()
    for (let ms = 0; ms < 10_000; ms += 100) rates.count('edge', ms)
    assert.equal(Math.round(rates.perSecond('edge', 9999)), 10)
    assert.equal(rates.perSecond('another', 9999), 0)
    assert.equal(rates.isIdle(9999), false)
    assert.equal(rates.perSecond('edge', 12_000), 5)
    assert.equal(rates.perSecond('edge', 15_000), 0)
    assert.equal(rates.isIdle(15_000), true)
    assert.equal(rates.totalOf('edge'), 100)
  })

  it('is the same in the middle of a second', () => {
    const rates = openRates()
    for (let ms = 0; ms < 9500; ms += 100) rates.count('edge', ms)
    assert.equal(rates.perSecond('edge', 9500), 10)
  })
})
