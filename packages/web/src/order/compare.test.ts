import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timelineEntry } from '../testing/orders.ts'
import { compareTimelines } from './compare.ts'

const ours = [
  timelineEntry('OrderPlaced', 10),
  timelineEntry('PaymentApproved', 12),
  timelineEntry('OrderCancelled', 20),
]
const theirs = [
  timelineEntry('OrderPlaced', 30),
  timelineEntry('PaymentApproved', 35),
  timelineEntry('DeliveryStarted', 36),
]

describe('two orders compared', () => {
  it('are aligned on when they were placed, whatever only one of them has included', () => {
    assert.deepEqual(compareTimelines(ours, theirs), [
      { event: 'OrderPlaced', ours: 0, theirs: 0, later: 0 },
      { event: 'PaymentApproved', ours: 2000, theirs: 5000, later: 3000 },
      { event: 'DeliveryStarted', theirs: 6000 },
      { event: 'OrderCancelled', ours: 10_000 },
    ])
  })

  it('cannot be aligned before both were placed', () => {
    assert.deepEqual(compareTimelines(ours, theirs.slice(1)), [])
    assert.deepEqual(compareTimelines([], theirs), [])
  })
})
