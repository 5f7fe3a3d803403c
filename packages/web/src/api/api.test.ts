import assert from 'node:assert/strict'
import type { IncomingMessage, RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { serving } from '../testing/orders.ts'
import { openApi, Refused, Unreachable } from './api.ts'

/** Calls to a service that answers each request with the next of these. */
const calling = (...answers: RequestListener[]) => callingFor(10_000, ...answers)

async function callingFor(timeoutMs: number, ...answers: RequestListener[]) {
  const requests: IncomingMessage[] = []
  const server = await serving((request, response) => {
    requests.push(request)
    answers[requests.length - 1]?.(request, response)
  })
  const refusals: string[] = []
  let token: string | undefined
  const api = openApi({
    base: `${server.url}/#/somewhere`,
    token: () => token,
    onSignInNeeded: ({ code }) => refusals.push(code),
    timeoutMs,
  })
  return {
    api,
    requests,
    refusals,
    signIn: (value: string | undefined) => {
      token = value
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const problem =
  (status: number, code: string, more: object = {}, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    response.end(JSON.stringify({ code, title: 'No', ...more }))
  }

const placed: RequestListener = (_, response) =>
  response.writeHead(201, { 'event-id': 'e1' }).end('{"id":"1"}')

const keyOf = (request: IncomingMessage | undefined) => request?.headers['idempotency-key']

describe('a call', () => {
  it('is refused with a code, what is wrong with each field, and the name that it has in the logs', async () => {
    const errors = [{ pointer: '/qty', detail: 'is too small' }]
    const headers = { 'x-request-id': 'r1', 'retry-after': '2' }
    await using calls = await calling(problem(422, 'invalid-input', { errors, detail: 'Look' }, headers))
    const refused = await calls.api.get('orders').catch((error) => error)
    assert.ok(refused instanceof Refused, String(refused))
    const { status, code, message, requestId, retryAfterMs } = refused
    assert.deepEqual(
      { status, code, message, errors: refused.errors, requestId, retryAfterMs },
      {
        status: 422,
        code: 'invalid-input',
        message: 'No. Look',
        errors,
        requestId: 'r1',
        retryAfterMs: 2000,
      },
    )
  })

  it('is refused by its status where the answer is no problem that can be read', async () => {
    await using calls = await calling((_, response) => response.writeHead(503).end('<html>'))
    await assert.rejects(calls.api.get('orders'), { code: 'unknown', message: '503 Service Unavailable' })
  })

  it('is given up when nobody answers', async () => {
    await using calls = await callingFor(100, () => {})
    await assert.rejects(calls.api.get('orders'), Unreachable)
  })

  it('says when somebody has to sign in, but not for a token that is not the one any more', async () => {
    await using calls = await calling(problem(401, 'token-expired'), (request, response) => {
      calls.signIn('new')
      problem(401, 'token-expired')(request, response)
    })
    await assert.rejects(calls.api.get('me'), { code: 'token-expired' })
    calls.signIn('old')
    await assert.rejects(calls.api.get('me'), { code: 'token-expired' })
    assert.deepEqual(calls.refusals, ['token-expired'])
    assert.equal(calls.requests[1]?.headers.authorization, 'Bearer old')
  })
})

describe('a change', () => {
  it('tells the event that it made, and has a key of its own each time', async () => {
    await using calls = await calling(placed, placed)
    assert.deepEqual(await calls.api.post('orders', { qty: 1 }), { body: { id: '1' }, eventId: 'e1' })
    await calls.api.post('orders', { qty: 1 })
    const [first, second] = calls.requests.map(keyOf)
    assert.match(String(first), /^"[\da-f-]{36}"$/)
    assert.notEqual(first, second)
  })

  it('is sent again with the same key where it may not have arrived', async () => {
    for (const lost of [
      problem(502, 'upstream-unavailable'),
      problem(503, 'upstream-timeout'),
      ((request) => request.socket.destroy()) satisfies RequestListener,
    ]) {
      await using calls = await calling(lost, placed)
      await calls.api.post('orders', {})
      assert.equal(calls.requests.length, 2)
      assert.equal(keyOf(calls.requests[0]), keyOf(calls.requests[1]))
    }
  })

  it('is sent once where it was answered, and twice at most', async () => {
    await using refused = await calling(problem(409, 'order-already-final'), placed)
    await assert.rejects(refused.api.post('orders/1/cancel'), { code: 'order-already-final' })
    assert.equal(refused.requests.length, 1)
    const cut: RequestListener = (request) => request.socket.destroy()
    await using gone = await calling(cut, cut, placed)
    await assert.rejects(gone.api.post('orders'), Unreachable)
    assert.equal(gone.requests.length, 2)
  })
})
