import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { causeOf } from './request-id.ts'

const app = new Hono().get('/cause', (c) => c.json(causeOf(c)))

describe('a request as the cause of events', () => {
  const causeFor = async (headers: Record<string, string>) =>
    (await (await app.request('/cause', { headers })).json()) as { id: string; traceparent: string }

  it('keeps its id and its trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const cause = await causeFor({ 'x-request-id': 'a-1.b_2', traceparent })
    assert.deepEqual(cause, { id: 'a-1.b_2', traceparent })
  })

  it('gets a new id for a missing or unusable one', async () => {
    for (const unusable of ['', 'a b', 'ü', 'x'.repeat(101)]) {
      const cause = await causeFor(unusable === '' ? {} : { 'x-request-id': unusable })
      assert.match(cause.id, /^[0-9a-f-]{36}$/)
    }
  })
})
