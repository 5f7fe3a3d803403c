import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnyFact } from '@saucery/contracts/choreography'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { isFinal } from '@saucery/contracts/status'
import fc from 'fast-check'
import { allNames, deadlines, story } from '../testing/stories.ts'
import { viewOf } from './order-view.ts'
import { waitsFor } from './waits-for.ts'

type Name = AnyFact['name']

const noPayBy = (names: Name[]) =>
  story(orderId, names).map(({ data: { payBy: _, ...data }, ...entry }) => ({ ...entry, data }))
const waitsAfter = (names: Name[], now = 0) => waitsFor(viewOf(orderId, noPayBy(names)), deadlines, now)

/** The last event brought the status; each was published 1 ms after the one before it. */
const waits: [string, Name[], Name[], number][] = [
  ['PLACED', ['OrderPlaced'], ['PaymentApproved', 'PaymentDeclined'], deadlines.PAYMENT_DEADLINE_MS],
  ['PLACED', ['CancellationRefused'], ['PaymentApproved', 'PaymentDeclined'], deadlines.PAYMENT_DEADLINE_MS],
  ['PAID', ['OrderPlaced', 'PaymentApproved'], ['DeliveryStarted'], deadlines.OVERDUE_AFTER_MS],
  [
    'DELIVERING',
    ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'],
    ['DeliveryCompleted', 'DeliveryFailed'],
    deadlines.DELIVERY_DEADLINE_MS,
  ],
  ...(
    [
      [['OrderPlaced'], ['PaymentVoided', 'PaymentApproved', 'PaymentDeclined']],
      [['PaymentApproved'], ['DeliveryCancelled', 'CancellationRefused']],
      [['DeliveryStarted'], ['DeliveryCancelled', 'CancellationRefused']],
      [['PaymentApproved', 'CancellationRefused'], ['DeliveryCompleted']],
      [['PaymentApproved', 'DeliveryCancelled'], ['PaymentRefunded']],
      [['PaymentApproved', 'DeliveryFailed'], ['PaymentRefunded']],
    ] as [Name[], Name[]][]
  ).map(([before, events]): [string, Name[], Name[], number] => [
    'CANCELLING',
    [...before, 'OrderCancelled'],
    events,
    deadlines.OVERDUE_AFTER_MS,
  ]),
  ['REFUNDING', ['PaymentApproved', 'DeliveryFailed'], ['PaymentRefunded'], deadlines.OVERDUE_AFTER_MS],
  ['REFUNDING', ['PaymentApproved', 'DeliveryCancelled'], ['PaymentRefunded'], deadlines.OVERDUE_AFTER_MS],
]

describe('an order', () => {
  for (const [status, names, events, withinMs] of waits)
    it(`that is ${status} after ${names.join(', ')} waits for ${events.join(' or ')}`, () => {
      assert.equal(viewOf(orderId, noPayBy(names)).status, status)
      const since = Date.UTC(2026, 0, 1) + names.length - 1
      const until = since + withinMs
      const expected = { events, since: new Date(since).toISOString(), until: new Date(until).toISOString() }
      assert.deepEqual(waitsAfter(names, until), { ...expected, overdue: false })
      assert.deepEqual(waitsAfter(names, until + 1), { ...expected, overdue: true })
    })

  it('waits for its payment no longer than its own deadline', () => {
    const view = viewOf(orderId, story(orderId, ['OrderPlaced']))
    assert.equal(waitsFor(view, deadlines, 0)?.until, '2024-11-27T20:44:47.721Z')
  })

  it('waits for something if and only if it is not final, and never for what has happened', () => {
    fc.assert(
      fc.property(fc.subarray(allNames), (names) => {
        const waiting = waitsAfter(names)
        assert.equal(waiting === undefined, isFinal(viewOf(orderId, noPayBy(names)).status))
        assert.ok(!waiting?.events.every((name) => names.includes(name)), names.join(' '))
      }),
      { numRuns: 1000 },
    )
  })

  it('has no deadline if the time of its event is not a time', () => {
    const timeline = noPayBy(['OrderPlaced']).map((entry) => ({ ...entry, time: 'yesterday' }))
    assert.deepEqual(waitsFor(viewOf(orderId, timeline), deadlines, 0), {
      events: ['PaymentApproved', 'PaymentDeclined'],
      since: 'yesterday',
      overdue: false,
    })
  })
})
