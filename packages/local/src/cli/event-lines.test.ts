import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OrderView, TimelineEntry } from '@saucery/client/schemas'
import { painter } from '../demo/paint.ts'
import { eventLines } from './event-lines.ts'

const start = Date.parse('2026-01-02T03:04:05.000Z')
const entry = (event: TimelineEntry['event'], afterMs: number): TimelineEntry => ({
  id: event,
  event,
  cause: 'request',
  time: new Date(start + afterMs).toISOString(),
  stream: 'ORDERS',
  data: {},
})
const placed = entry('OrderPlaced', 0)
const approved = entry('PaymentApproved', 41)

const view = (timeline: TimelineEntry[], orderId = '0190-a1b2c3'): OrderView => ({
  orderId,
  branchId: 'gangnam',
  sauceId: 'gochujang',
  qty: 3,
  amount: 12_000,
  status: 'PAID',
  placedAt: placed.time,
  since: placed.time,
  eventCount: timeline.length,
  timeline,
})
const linesSince = (since: number) => eventLines(since, painter(false))

describe('the line of an event', () => {
  it('has the order, and what was ordered', () => {
    const [line] = linesSince(start)(view([placed]))
    assert.match(
      String(line),
      /^\d\d:\d\d:\d\d {2}…a1b2c3 {2}OrderPlaced {9}3 × gochujang for gangnam · ₩12,000$/,
    )
  })

  it('has the time since the order was placed', () => {
    const [, line] = linesSince(start)(view([placed, approved]))
    assert.match(String(line), /…a1b2c3 {2}PaymentApproved {5}\+41 ms$/)
  })

  it('is printed once', () => {
    const lines = linesSince(start)
    assert.equal(lines(view([placed])).length, 1)
    assert.equal(lines(view([placed, approved])).length, 1)
    assert.equal(lines(view([approved])).length, 0)
    assert.equal(lines(view([placed, approved])).length, 0)
  })

  it('is not printed for what happened before the start', () => {
    assert.equal(linesSince(start + 1)(view([placed, approved])).length, 1)
  })

  it('is forgotten for all but the last thousand orders', () => {
    const lines = linesSince(start)
    for (let i = 0; i <= 1_000; i++) lines(view([placed], `order ${i}`))
    assert.equal(lines(view([placed], 'order 1')).length, 0)
    assert.equal(lines(view([placed], 'order 0')).length, 1)
  })
})
