import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { recordSpans } from '@saucery/messaging/testing/recorded-spans'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { serve } from './server.ts'
import { traceCall, traceparentNow, traceRequests } from './trace-requests.ts'

const recorded = recordSpans()
const [traceId, callerId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
const sampled = { traceparent: `00-${traceId}-${callerId}-01` }

const app = new Hono()
  .use(traceRequests)
  .get('/orders/:id', (c) => c.text(String(traceparentNow())))
  .get('/broken', (c) => c.text('', 503))
  .get('/operations/order', (c) => c.text(''))
  .get('/live', (c) => streamSSE(c, (stream) => new Promise((resolve) => stream.onAbort(resolve))))

describe('the span of a request', () => {
  beforeEach(() => recorded.forget())

  it('continues the trace of its caller, and is named after its route', async () => {
    const answer = await app.request('/orders/k?secret=1', { headers: sampled })
    const [span] = recorded.all()
    assert.deepEqual(
      [span?.name, span?.kind, span?.traceId, span?.parent],
      ['GET /orders/:id', 'SERVER', traceId, callerId],
    )
    assert.deepEqual(span?.attributes, {
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'url.path': '/orders/k',
      'http.response.status_code': 200,
    })
    assert.equal(await answer.text(), `00-${traceId}-${span?.spanId}-01`)
  })

  it('is not recorded for a caller that does not sample, nor for what operators poll', async () => {
    const answer = await app.request('/orders/k', {
      headers: { traceparent: `00-${traceId}-${callerId}-00` },
    })
    assert.match(await answer.text(), new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
    await app.request('/operations/order', { headers: sampled })
    assert.deepEqual(recorded.all(), [])
  })

  it('has failed when the answer is the fault of the service', async () => {
    await app.request('/broken')
    const [span] = recorded.all()
    assert.deepEqual([span?.failed, span?.attributes['error.type']], [true, '503'])
  })

  it('ends when an event stream begins', async () => {
    const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), silentLog)
    const gone = new AbortController()
    const { body } = await fetch(`http://127.0.0.1:${http.port}/live`, { signal: gone.signal })
    const [span] = await eventually(() => {
      assert.equal(recorded.all().length, 1)
      return recorded.all()
    })
    assert.equal(span?.name, 'GET /live')
    gone.abort()
    await body?.cancel().catch(() => {})
    await http.close()
  })
})

describe('the span of a call', () => {
  beforeEach(() => recorded.forget())

  it('goes along with the call, and ends with its answer', async () => {
    let sent: string | undefined
    await traceCall('order', 'POST', '/orders?token=secret', async ({ headers, answered }) => {
      sent = headers.traceparent
      answered(201)
    })
    const [span] = recorded.all()
    assert.equal(sent, `00-${span?.traceId}-${span?.spanId}-01`)
    assert.deepEqual(span?.attributes, {
      'http.request.method': 'POST',
      'url.path': '/orders',
      'service.peer.name': 'order',
      'http.response.status_code': 201,
    })
  })
})
