import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Overview } from '@saucery/client/schemas'
import { painter } from '@saucery/local/demo/paint'
import { drillLine } from './drills.ts'
import { jobText } from './letters.ts'
import { storyText } from './order.ts'
import { problemsIn, statusText } from './status.ts'
import { span, table } from './table.ts'

const plain = painter(false)
const consumer = { stream: 'ORDERS', durable: 'payment', pending: 312, ackPending: 4, redelivered: 0 }
const overview: Overview = {
  services: [
    {
      service: 'payment',
      state: 'down',
      answerMs: 1500,
      reason: 'No answer within 1.5 s',
      lag: { ageMs: 3, readBy: 'dashboard', consumers: [consumer] },
    },
    {
      service: 'dashboard',
      state: 'up',
      answerMs: 12,
      lag: { ageMs: 3, readBy: 'dashboard', consumers: [] },
      report: {
        ageMs: 3,
        service: 'dashboard',
        consumers: [],
        deadLetters: 2,
        overdue: { count: 1, ageMs: 5 },
      },
    },
  ],
}

describe('the status', () => {
  it('is a table with what is known, and the reason of what is down', () => {
    const [head, payment, dashboard, reason] = statusText(overview, undefined, plain).split('\n')
    assert.match(String(head), /^SERVICE +STATE +ANSWERS IN +BEHIND/)
    assert.match(String(payment), /^payment +down +1\.5 s +312 +4 +\? +\? +\? +-$/)
    assert.match(String(dashboard), /^dashboard +up +12 ms +0 +0 +- +- +2 +1$/)
    assert.equal(reason, 'payment: No answer within 1.5 s')
  })

  it('names what a script should stop for', () => {
    assert.deepEqual(problemsIn(overview), [
      'payment is down',
      'dashboard has 2 dead letters',
      '1 orders are overdue',
    ])
  })

  it('has escape sequences in colours only', () => {
    assert.ok(statusText(overview, undefined, painter(true)).includes('\u001b[31mdown'))
    assert.ok(!statusText(overview, undefined, plain).includes('\u001b'))
  })
})

it('a table is as wide as its longest cells, also of wide characters', () => {
  const text = table(
    ['BRANCH', 'N'],
    [
      ['강남', 1],
      ['a', 22],
    ],
  )
  assert.deepEqual(text.split('\n'), ['BRANCH  N', '강남    1', 'a       22'])
})

it('a span is in its largest unit', () => {
  const spans = [0, 999, 4200, 180_000, 7_200_000, 432_000_000, -4200].map(span)
  assert.deepEqual(spans, ['0 ms', '999 ms', '4.2 s', '3 min', '2 h', '5 d', '-4.2 s'])
})

it('the story of an order tells what fails, and when it is tried again', () => {
  const failing = {
    event: 'OrderPlaced',
    eventId: 'e',
    stream: 'ORDERS',
    streamSequence: 7,
    tries: 4,
    error: 'Error: a bug',
    failedAt: new Date().toISOString(),
    nextTryAt: new Date(Date.now() + 5_000).toISOString(),
  }
  const settled = {
    event: 'OrderPlaced',
    state: 'discarded',
    settledAt: new Date().toISOString(),
    settledBy: 'kim',
    discardReason: 'a test',
  } as never
  const behind = { messages: 312, ageMs: 4 }
  const text = storyText(
    {
      view: undefined,
      traces: undefined,
      story: {
        orderId: '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e',
        status: 'PLACED',
        waitsFor: [{ service: 'payment', events: ['PaymentApproved', 'PaymentDeclined'] }],
        services: [
          {
            service: 'payment',
            state: 'up',
            behind,
            failures: { failing: [failing], deadLetters: [], settled: [settled], calls: [] },
          },
        ],
        remaining: [{ events: ['PaymentDeclined'], status: 'REJECTED' }],
      },
    },
    plain,
  )
  assert.match(text, /payment: PaymentApproved or PaymentDeclined, which is behind by 312 messages/)
  assert.match(text, /payment: OrderPlaced, 4 tries, Error: a bug, tried again in [45]\.\d s/)
  assert.match(text, /Operators\n.* kim discarded OrderPlaced in payment: a test/)
  assert.match(text, /PaymentDeclined {2}\(REJECTED\)/)
})

it('a drill is a sentence', () => {
  const drill = {
    id: 'load',
    kind: 'load',
    perSecond: 20,
    until: '',
    secondsLeft: 12.3,
    placed: 5,
    refused: 1,
  } as const
  assert.equal(drillLine(drill), 'load · 20 orders/s · 5 placed, 1 refused, 13 s left')
})

it('a job tells how far it is', () => {
  const job = {
    id: 'j',
    kind: 'retry',
    state: 'running',
    filter: {},
    by: 'kim',
    perSecond: 50,
    total: 10,
    settled: 3,
    skipped: 1,
    failed: 2,
    lastError: 'Error: a bug',
    begunAt: '',
  } as const
  const text =
    'retry running: 6 of 10, 2 failed again, 1 were settled before; the last error: Error: a bug  (job j)'
  assert.equal(jobText(job), text)
})
