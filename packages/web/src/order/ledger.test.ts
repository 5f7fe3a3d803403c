import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timelineEntry } from '../testing/orders.ts'
import { ledgerOf } from './ledger.ts'

const placed = { ...timelineEntry('OrderPlaced'), data: { amount: 12_000 } }
const approved = { ...timelineEntry('PaymentApproved'), data: { amount: 12_000 } }
const declined = { ...timelineEntry('PaymentDeclined'), data: { amount: 12_000 } }
const refunded = { ...timelineEntry('PaymentRefunded'), data: { amount: 12_000 } }

describe('the ledger of an order', () => {
  it('is empty until the payment is approved, and when it is declined', () => {
    const nothing = { charged: 0, refunded: 0, net: 0 }
    for (const timeline of [[], [placed], [placed, declined]]) assert.deepEqual(ledgerOf(timeline), nothing)
  })

  it('has the charge of an approved payment', () => {
    assert.deepEqual(ledgerOf([placed, approved]), { charged: 12_000, refunded: 0, net: 12_000 })
  })

  it('is even after a refund, also when its charge has not been received yet', () => {
    for (const timeline of [
      [placed, approved, refunded],
      [placed, refunded],
    ])
      assert.deepEqual(ledgerOf(timeline), { charged: 12_000, refunded: 12_000, net: 0 })
  })
})
