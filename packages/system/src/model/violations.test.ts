import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Rows, violations } from './violations.ts'

const orderId = '0193a5b0-0000-7000-8000-000000000000'

const delivered: Rows = {
  accepted: [orderId],
  orders: [{ orderId, status: 'DELIVERED' }],
  payments: [{ orderId, status: 'APPROVED' }],
  charges: [{ orderId, declined: null, refunds: 0 }],
  deliveries: [{ orderId, status: 'COMPLETED' }],
  views: [
    {
      orderId,
      status: 'DELIVERED',
      payment: 'APPROVED',
      delivery: 'COMPLETED',
      events: ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'],
    },
  ],
  placed: [orderId],
  unpublished: 0,
  deadLetters: 0,
}

const [view] = delivered.views
assert.ok(view)

const cancelled: Rows = {
  ...delivered,
  orders: [{ orderId, status: 'CANCELLED' }],
  payments: [{ orderId, status: 'VOIDED' }],
  charges: [],
  deliveries: [{ orderId, status: 'CANCEL_REMEMBERED' }],
  views: [
    {
      orderId,
      status: 'CANCELLED',
      payment: 'VOIDED',
      delivery: undefined,
      events: ['OrderPlaced', 'OrderCancelled', 'PaymentVoided'],
    },
  ],
}

const waiting: Rows = {
  ...delivered,
  orders: [{ orderId, status: 'DELIVERING' }],
  deliveries: [{ orderId, status: 'STARTED' }],
  views: [{ ...view, status: 'DELIVERING', delivery: 'STARTED', events: view.events.slice(0, 3) }],
}

const breaks: [string, Partial<Rows>, RegExp][] = [
  ['an accepted order that is nowhere', { accepted: [orderId, 'other'] }, /other was accepted and is lost/],
  ['a row without its event', { placed: [] }, /half: a row/],
  ['an event without its row', { orders: [] }, /half: OrderPlaced/],
  ['an order that the dashboard does not know', { views: [] }, /not on the dashboard/],
  ['another status', { views: [{ ...view, status: 'PAID' }] }, /another status/],
  ['another payment', { views: [{ ...view, payment: 'REFUNDED' }] }, /another payment/],
  ['another delivery', { views: [{ ...view, delivery: 'FAILED' }] }, /another delivery/],
  [
    'an event said twice',
    { views: [{ ...view, events: [...view.events, 'PaymentApproved'] }] },
    /event twice/,
  ],
  ['an order that got stuck', { orders: [{ orderId, status: 'PAID' }] }, /not settled/],
  ['money taken unsaid', { payments: [{ orderId, status: 'VOIDED' }] }, /does not say so/],
  ['money said and not taken', { charges: [] }, /took nothing/],
  ['a refund that nobody decided', { charges: [{ orderId, declined: null, refunds: 1 }] }, /provider only/],
  ['a second refund', { charges: [{ orderId, declined: null, refunds: 2 }] }, /more than once/],
  ['money kept without goods', { deliveries: [{ orderId, status: 'FAILED' }] }, /keeps the money/],
  ['goods without money', { payments: [{ orderId, status: 'REFUNDED' }] }, /goods without the money/],
  ['goods that nobody paid', { payments: [] }, /without an approved payment/],
  ['an event left unpublished', { unpublished: 1 }, /never published/],
  ['a dead letter', { deadLetters: 1 }, /dead letters/],
]

describe('the violations', () => {
  it('are none where the story is the same everywhere', () => {
    for (const rows of [delivered, cancelled, waiting]) assert.deepEqual(violations(rows), [])
  })

  for (const [what, change, expected] of breaks)
    it(`tell ${what}`, () => {
      assert.match(violations({ ...delivered, ...change }).join('\n'), expected)
    })
})
