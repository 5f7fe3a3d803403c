import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { painter } from './paint.ts'
import { eventLine, eventStyle, orderPage, outcomeLine, pathHeading, totalLine } from './texts.ts'

const plain = painter(false)
const at = (event: TimelineEntry['event'], time: string, cause: string, stream: string): TimelineEntry => ({
  id: event,
  event,
  cause,
  time: `2026-01-02T03:04:${time}Z`,
  stream,
  data: {},
})
const placed = at('OrderPlaced', '05.000', 'request', 'ORDERS')
const approved = at('PaymentApproved', '05.041', 'OrderPlaced', 'PAYMENTS')
const view: OrderView = {
  orderId: '0190',
  status: 'DELIVERED',
  since: placed.time,
  eventCount: 2,
  timeline: [placed, approved],
}

describe('the block of a path', () => {
  it("begins with a link to the order's page", () => {
    const heading = pathHeading('failed', orderPage('http://localhost:8088', '0190'), plain)
    assert.match(heading, /^\nfailed +http:\/\/localhost:8088\/#\/orders\/0190$/)
  })

  it('has a line for each event, with its time, publisher and cause', () => {
    assert.match(eventLine(placed, view, plain), /^ +\+0 ms {2}OrderPlaced +order +because of a request$/)
    assert.match(
      eventLine(approved, view, plain),
      /^ +\+41 ms {2}PaymentApproved +payment +because of OrderPlaced$/,
    )
  })

  it('ends with how the order ended', () => {
    const outcome = { name: 'delivered', orderId: '0190', view } as const
    assert.equal(outcomeLine(outcome, plain), '✔ DELIVERED')
    const late = { ...outcome, view: { ...view, status: 'PAID' }, failure: 'not there after 30 s' } as const
    assert.equal(outcomeLine(late, plain), '✘ PAID, not DELIVERED: not there after 30 s')
  })
})

it('has colours on a terminal alone', () => {
  assert.equal(totalLine(5, 5, plain), '5 of 5 orders ended as expected')
  assert.equal(totalLine(4, 5, painter(true)), '\u001b[31m4 of 5 orders ended as expected\u001b[39m')
  assert.equal(eventStyle('PaymentDeclined'), 'red')
})
