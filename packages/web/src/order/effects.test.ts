import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timelineEntry } from '../testing/orders.ts'
import { effectOf } from './effects.ts'

const approved = { ...timelineEntry('PaymentApproved'), data: { amount: 12_000 } }

describe('what an action will cause', () => {
  it('is a refund of what was charged, when the order is cancelled or its delivery fails', () => {
    for (const name of ['cancel', 'fail'] as const)
      assert.equal(effectOf(name, { timeline: [approved] }), 'the charge of ₩12,000 will be refunded')
  })

  it('leaves the charge as it is when the order is delivered', () => {
    assert.equal(effectOf('complete', { timeline: [approved] }), 'the charge of ₩12,000 stands')
  })

  it('is nothing to the money before a charge', () => {
    assert.equal(effectOf('cancel', { timeline: [timelineEntry('OrderPlaced')] }), 'nothing was charged yet')
  })
})
