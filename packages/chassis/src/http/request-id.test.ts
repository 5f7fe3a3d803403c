import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { causeOf } from './request-id.ts'

const app = new Hono().get('/cause', (c) => c.json(causeOf(c)))

describe('a request as a cause', () => {
  const causeFor = async (headers: Record<string, string>) =>
    (await (await app.request('/cause', { headers })).json()) as { id: string; traceparent: string }

  it('has the id and the trace that it came with', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const cause = await causeFor({ 'x-request-id': 'a-1.b_2', traceparent })
    assert.deepEqual(cause, { id: 'a-1.b_2', traceparent })
  })

  it('gets an id when it has none that can be used', async () => {
    for (const given of ['', 'a b', 'ü', 'x'.repeat(101)]) {
      const cause = await causeFor(given === '' ? {} : { 'x-request-id': given })
      assert.match(cause.id, /^[0-9a-f-]{36}$/)
    }
  })
})
