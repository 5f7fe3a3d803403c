import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Span } from '@saucery/client/schemas'
import { waterfallOf } from './waterfall-layout.ts'

const traceId = '0'.repeat(32)

function span(
  spanId: string,
  parentSpanId: string | undefined,
  startMs: number,
  more: Partial<Span> = {},
): Span {
  return {
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: spanId,
    kind: 'internal',
    service: 'order',
    startMs,
    durationMs: 10,
    failed: false,
    links: [],
    attributes: {},
    ...more,
  }
}

const inDatabase = { kind: 'client', attributes: { 'db.system.name': 'postgresql' } } as const

describe('the waterfall of a trace', () => {
  it('has each span below its parent, in the order of their begin', () => {
    const spans = [
      span('late', 'root', 130),
      span('root', undefined, 100),
      span('early', 'root', 110),
      span('leaf', 'early', 120),
      span('orphan', 'not recorded', 105, { durationMs: 95, service: 'payment' }),
    ]
    const { rows, startMs, tookMs, services } = waterfallOf({ traceId, spans })
    assert.deepEqual(
      rows.map(({ span, depth, at }) => [span.name, depth, at]),
      [
        ['root', 0, 0],
        ['early', 1, 10],
        ['leaf', 2, 20],
        ['late', 1, 30],
        ['orphan', 0, 5],
      ],
    )
    assert.deepEqual([startMs, tookMs, services], [100, 100, ['order', 'payment']])
  })

  it('shows how long an event waited in its stream, and no wait that clocks alone make', () => {
    const handled = { kind: 'consumer', service: 'payment' } as const
    const spans = [
      span('publish', undefined, 100, { kind: 'producer' }),
      span('process', 'publish', 135, handled),
      span('ahead', 'publish', 90, handled),
      span('commit', 'process', 136, { service: 'payment' }),
    ]
    const waits = waterfallOf({ traceId, spans }).rows.map(({ span, waitedMs }) => [span.name, waitedMs])
    assert.deepEqual(waits, [
      ['publish', undefined],
      ['ahead', 0],
      ['process', 25],
      ['commit', undefined],
    ])
  })

  it('sums the time in the database of a service, and not of what its events led to', () => {
    const spans = [
      span('request', undefined, 100),
      span('commit', 'request', 101),
      span('first', 'commit', 102, inDatabase),
      span('second', 'commit', 115, inDatabase),
      span('publish', 'commit', 130, { kind: 'producer' }),
      span('process', 'publish', 150, { kind: 'consumer', service: 'payment' }),
      span('other', 'process', 151, { ...inDatabase, durationMs: 7, service: 'payment' }),
    ]
    const { rows } = waterfallOf({ traceId, spans })
    const times = Object.fromEntries(rows.map(({ span, databaseMs }) => [span.name, databaseMs]))
    assert.deepEqual(times, {
      request: 20,
      commit: 20,
      first: 10,
      second: 10,
      publish: 0,
      process: 7,
      other: 7,
    })
  })

  it('tells why it is a trace of its own', () => {
    const again = span('process', undefined, 100, { attributes: { 'nats.again': 'redelivery' } })
    assert.equal(waterfallOf({ traceId, spans: [again] }).again, 'redelivery')
    assert.equal('again' in waterfallOf({ traceId, spans: [span('root', undefined, 100)] }), false)
  })
})
