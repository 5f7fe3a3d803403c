import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Rows, violations } from './violations.ts'

const orderId = '0193a5b0-0000-7000-8000-000000000000'

const events = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted']
const view = { orderId, status: 'DELIVERED', payment: 'APPROVED', delivery: 'COMPLETED', events } as const

const delivered: Rows = {
  accepted: [orderId],
  orders: [{ orderId, status: 'DELIVERED' }],
  payments: [{ orderId, status: 'APPROVED' }],
  charges: [{ orderId, declined: null, refunds: 0 }],
  deliveries: [{ orderId, status: 'COMPLETED' }],
  views: [view],
  published: [{ orderId, events }],
  unpublished: 0,
  deadLetters: 0,
}

const voiding = ['OrderPlaced', 'OrderCancelled', 'PaymentVoided']
const cancelled: Rows = {
  ...delivered,
  orders: [{ orderId, status: 'CANCELLED' }],
  payments: [{ orderId, status: 'VOIDED' }],
  charges: [],
  deliveries: [{ orderId, status: 'CANCEL_REMEMBERED' }],
  views: [{ orderId, status: 'CANCELLED', payment: 'VOIDED', delivery: undefined, events: voiding }],
  published: [{ orderId, events: voiding }],
}

const onItsWay = events.slice(0, 3)
const waiting: Rows = {
  ...delivered,
  orders: [{ orderId, status: 'DELIVERING' }],
  deliveries: [{ orderId, status: 'STARTED' }],
  views: [{ ...view, status: 'DELIVERING', delivery: 'STARTED', events: onItsWay }],
  published: [{ orderId, events: onItsWay }],
}

const breaks: [title: string, changes: Partial<Rows>, expected: RegExp][] = [
  ['an accepted order that is nowhere', { accepted: [orderId, 'other'] }, /other was accepted and is lost/],
  ['a row without its event', { published: [] }, /its OrderPlaced is published" is not/],
  ['an event without its row', { orders: [] }, /its OrderPlaced is published" is not/],
  ['an order that the dashboard does not know', { views: [] }, /published events, and no others" is not/],
  [
    'an event that the dashboard does not show',
    { views: [{ ...view, events: onItsWay }] },
    /published events, and no others" is not/,
  ],
  [
    'an event that only the dashboard shows',
    { published: [{ orderId, events: onItsWay }] },
    /published events, and no others" is not/,
  ],
  ['another status', { views: [{ ...view, status: 'PAID' }] }, /status of the order" is not/],
  ['another payment', { views: [{ ...view, payment: 'REFUNDED' }] }, /status of the payment" is not/],
  ['another delivery', { views: [{ ...view, delivery: 'FAILED' }] }, /status of the delivery/],
  [
    'an event published twice',
    { views: [{ ...view, events: [...events, 'PaymentApproved'] }] },
    /published twice/,
  ],
  ['an order that got stuck', { orders: [{ orderId, status: 'PAID' }] }, /The order has ended/],
  [
    'money that was taken for a voided payment',
    { payments: [{ orderId, status: 'VOIDED' }] },
    /took money only for an approved payment/,
  ],
  ['a charge of a voided payment', { payments: [{ orderId, status: 'VOIDED' }] }, /never charged/],
  ['a payment without its charge', { charges: [] }, /was charged at the provider/],
  [
    'a refund of the provider alone',
    { charges: [{ orderId, declined: null, refunds: 1 }] },
    /if and only if the provider refunded/,
  ],
  ['a second refund', { charges: [{ orderId, declined: null, refunds: 2 }] }, /refunded twice/],
  ['money kept without goods', { deliveries: [{ orderId, status: 'FAILED' }] }, /Money is kept if/],
  ['goods without money', { payments: [{ orderId, status: 'REFUNDED' }] }, /Money is kept if/],
  ['goods without a payment', { payments: [] }, /without an approved payment/],
  ['an event left unpublished', { unpublished: 1 }, /never published/],
  ['a dead letter', { deadLetters: 1 }, /dead letters/],
]

describe('the violations', () => {
  it('are none where all services tell the same fair story', () => {
    for (const rows of [delivered, cancelled, waiting]) assert.deepEqual(violations(rows), [])
  })

  for (const [title, changes, expected] of breaks)
    it(`name ${title}`, () => {
      assert.match(violations({ ...delivered, ...changes }).join('\n'), expected)
    })
})
