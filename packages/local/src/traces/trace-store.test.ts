import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { startTraceStore, type TraceStore } from './trace-store.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

const span = {
  traceId,
  spanId: '00f067aa0ba902b7',
  parentSpanId: '',
  name: 'process',
  kind: 5,
  startTimeUnixNano: '1700000000123456789',
  endTimeUnixNano: '1700000000125456789',
  attributes: [
    { key: 'messaging.message.conversation_id', value: { stringValue: 'k' } },
    { key: 'nats.deliveries', value: { intValue: '2' } },
    { key: 'nats.duplicate', value: { boolValue: false } },
  ],
  links: [{ traceId, spanId: '00f067aa0ba902b8', attributes: [] }],
  status: { code: 2 },
  droppedAttributesCount: 0,
}
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'payment' } }] }
const exported = (spans: object[]) => ({ resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans }] }] })

describe('the trace store', () => {
  let store: TraceStore
  before(async () => {
    store = await startTraceStore()
  })
  after(() => store.close())

  const send = (body: string) => fetch(`${store.url}/v1/traces`, { method: 'POST', body })

  it('keeps the spans that an exporter sends', async () => {
    assert.equal((await send(JSON.stringify(exported([span])))).status, 200)
    const answer = await fetch(`${store.url}/orders/k`)
    const kept = {
      spanId: span.spanId,
      name: 'process',
      kind: 'consumer',
      service: 'payment',
      startMs: 1700000000123.456,
      durationMs: 2,
      failed: true,
      links: [{ traceId, spanId: '00f067aa0ba902b8' }],
      attributes: {
        'messaging.message.conversation_id': 'k',
        'nats.deliveries': 2,
        'nats.duplicate': false,
      },
    }
    assert.deepEqual(await answer.json(), { traces: [{ traceId, spans: [kept] }] })
    assert.equal((await fetch(`${store.url}/traces/${traceId}`)).status, 200)
  })

  it('refuses what is no export, or too large, and keeps nothing of it', async () => {
    for (const [body, status] of [
      ['no json', 400],
      [JSON.stringify(exported([{ ...span, traceId: 'short' }])), 400],
      [' '.repeat(9 * 2 ** 20), 413],
    ] as const)
      assert.equal((await send(body)).status, status)
    assert.equal((await fetch(`${store.url}/traces/short`)).status, 404)
  })

  it('answers no page of another web site', async () => {
    const answerTo = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        request(`${store.url}/orders/k`, { headers }, ({ statusCode }) => resolve(statusCode)).end()
      })
    assert.equal(await answerTo({ host: 'evil.example' }), 403)
    assert.equal(await answerTo({ origin: 'http://evil.example' }), 403)
    assert.equal(await answerTo({}), 200)
  })
})
