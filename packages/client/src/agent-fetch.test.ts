import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { openAgentFetch } from './agent-fetch.ts'
import { openClient } from './client.ts'
import { answeringServer, breakConnection, breakInside, json, problem } from './testing/server.ts'

const order = { branchId: '강남', sauceId: '고추장', qty: 1, price: 1000 }

async function calling(answers: RequestListener[], { maxSockets = 1, timeoutMs = 5_000 } = {}) {
  const server = await answeringServer(...answers)
  const { fetch, close } = openAgentFetch({ maxSockets })
  return {
    client: openClient({ url: server.url, fetch, timeoutMs, retry: {} }),
    server,
    async [Symbol.asyncDispose]() {
      close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('a fetch through an agent', () => {
  it('sends and reads what the global one does', async () => {
    const answer = json(201, { id: '1', ...order }, { 'Event-Id': 'e1' })
    await using calls = await calling([answer, problem(404, 'not-found', {}, { 'Retry-After': '1' })])
    const { status, data, eventId } = await calls.client.post('/orders', { body: order })
    assert.deepEqual({ status, data, eventId }, { status: 201, data: { id: '1', ...order }, eventId: 'e1' })
    assert.deepEqual(JSON.parse(calls.server.requests[0]?.body ?? ''), order)
    const expected = { code: 'not-found', retryAfterMs: 1000 }
    await assert.rejects(calls.client.get('/orders/{id}', { path: { id: '1' } }), expected)
  })

  it('makes all its calls over as many connections as it may have', async () => {
    await using calls = await calling(Array(10).fill(json(200, { items: [] })), { maxSockets: 2 })
    await Promise.all(Array.from({ length: 10 }, () => calls.client.get('/orders')))
    assert.equal(calls.server.requests.length, 10)
    assert.equal(calls.server.connections(), 2)
  })

  it('tells why there is no answer', async () => {
    await using calls = await calling([breakConnection, breakInside, () => {}], { timeoutMs: 200 })
    for (const reason of ['ECONNRESET', 'ECONNRESET', 'TimeoutError'])
      await assert.rejects(calls.client.get('/orders'), { name: 'Unreachable', reason })
  })
})
