import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keyAttribute } from '@saucery/messaging/traces/spans'
import type { ReceivedSpan } from './otlp.ts'
import { openSpanStore, type SpanStore } from './span-store.ts'

let made = 0

function received(traceId: string, orderId?: string): ReceivedSpan {
  made += 1
  const attributes = orderId === undefined ? {} : { [keyAttribute]: orderId }
  const span = { spanId: String(made), name: 'a', kind: 'internal', service: 'order', startMs: made } as const
  return { traceId, span: { ...span, durationMs: 1, failed: false, links: [], attributes } }
}

const addTo = (store: SpanStore, ...spans: ReceivedSpan[]) => {
  for (const span of spans) store.add(span)
}

const idsOf = (store: SpanStore, orderId: string) => store.ofOrder(orderId).map(({ traceId }) => traceId)

describe('the store of spans', () => {
  it('finds the traces of an order by any of their spans, the oldest first', () => {
    const store = openSpanStore()
    addTo(store, received('one'), received('other'), received('two', 'k'), received('one', 'k'))
    assert.deepEqual(idsOf(store, 'k'), ['one', 'two'])
    assert.equal(store.trace('one')?.spans.length, 2)
    assert.equal(store.trace('none'), undefined)
  })

  it('keeps the newest traces, and drops those of no order first', () => {
    const store = openSpanStore({ traces: 3 })
    addTo(store, received('a', 'k'), received('read'), received('b', 'k'), received('c', 'k'))
    assert.equal(store.trace('read'), undefined)
    assert.deepEqual(idsOf(store, 'k'), ['a', 'b', 'c'])
    addTo(store, received('d', 'k'))
    assert.deepEqual(idsOf(store, 'k'), ['b', 'c', 'd'])
  })

  it('is bounded in the spans of a trace, and in bytes', () => {
    const store = openSpanStore({ spansPerTrace: 2, bytes: 2000 })
    addTo(store, received('a'), received('a'), received('a'))
    assert.equal(store.trace('a')?.spans.length, 2)
    for (let i = 0; i < 100; i++) store.add(received(`many ${i}`, `order ${i}`))
    assert.ok(store.size() <= 2000, `${store.size()} bytes`)
    assert.deepEqual(idsOf(store, 'order 99'), ['many 99'])
    assert.deepEqual(idsOf(store, 'order 0'), [])
  })
})
