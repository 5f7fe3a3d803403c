import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { type ClientOptions, openClient } from './client.ts'
import { CallRefused, ifFound, Unreachable } from './errors.ts'
import { onceIfUnanswered } from './retry.ts'
import {
  answeringServer,
  breakConnection,
  breakInside,
  json,
  problem,
  type RecordedRequest,
} from './testing/server.ts'

const orderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const order = { branchId: '1', sauceId: '1', qty: 1, price: 1000 }
const placed = json(201, { id: orderId }, { 'event-id': 'e1' })
const never: RequestListener = () => {}

const keyOf = (request: RecordedRequest | undefined) => request?.headers['idempotency-key']

/** A client of a server that answers with these. */
async function calling(answers: RequestListener[], options: Partial<ClientOptions> = {}) {
  const server = await answeringServer(...answers)
  return {
    client: openClient({ url: `${server.url}/#/somewhere`, ...options }),
    requests: server.requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** As `calling`, with a client that sends each call once. */
const callingOnce = (answers: RequestListener[], options: Partial<ClientOptions> = {}) =>
  calling(answers, { retry: {}, ...options })

describe('a call', () => {
  it('sends its parameters and body where the document says, and resolves with the answer', async () => {
    await using calls = await calling([json(200, { items: [], next: 'n' }), placed])
    const page = await calls.client.get('/orders', {
      query: { limit: 5, branchId: 'a&b', status: undefined },
    })
    assert.deepEqual(page, { items: [], next: 'n' })
    const { status, data, eventId } = await calls.client.post('/orders', {
      body: order,
      header: { prefer: 'wait=5' },
    })
    assert.deepEqual({ status, data, eventId }, { status: 201, data: { id: orderId }, eventId: 'e1' })
    const [get, post] = calls.requests
    assert.equal(get?.url, '/orders?limit=5&branchId=a%26b')
    assert.equal(get?.headers['content-type'], undefined)
    assert.deepEqual(JSON.parse(post?.body ?? ''), order)
    assert.equal(post?.headers['content-type'], 'application/json')
    assert.equal(post?.headers.prefer, 'wait=5')
  })

  it('is relative to the URL of the client, also below a folder', async () => {
    await using server = await answeringServer(json(200, {}), json(200, {}))
    for (const base of ['/', '/sauces/index.html'])
      await openClient({ url: server.url + base }).get('/orders/{id}', { path: { id: 'a/b' } })
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/orders/a%2Fb', '/sauces/orders/a%2Fb'],
    )
  })

  it('goes through the `fetch` of the options', async () => {
    const client = openClient({
      url: 'http://nowhere.invalid',
      fetch: async (url, init) => Response.json({ url, method: init.method }),
    })
    assert.deepEqual(await client.get('/me'), { url: 'http://nowhere.invalid/me', method: 'GET' })
  })

  it('compiles only when the document has it', () => {
    const _ = async ({ get, post }: Awaited<ReturnType<typeof calling>>['client']) => {
      // @ts-expect-error there is no such path
      await get('/order')
      // @ts-expect-error the id is missing
      await get('/orders/{id}')
      // @ts-expect-error there is no such parameter
      await get('/orders', { query: { limt: 1 } })
      // @ts-expect-error the body is not complete
      await post('/orders', { body: { branchId: '1' } })
      // @ts-expect-error there is no such status
      if ((await post('/orders', { body: order })).data.status === 'LOST') return
      for (const service of ['order', 'payment'] as const) await get(`/operations/${service}`)
    }
  })
})

describe('a GET', () => {
  it('is sent again after 503, for as long as Retry-After says later, and without a key', async () => {
    await using calls = await calling([
      problem(503, 'busy', {}, { 'retry-after': '1' }),
      json(200, { items: [] }),
    ])
    const began = performance.now()
    await calls.client.get('/orders')
    assert.ok(performance.now() - began >= 990, `${performance.now() - began} ms`)
    assert.deepEqual(calls.requests.map(keyOf), [undefined, undefined])
  })
})

describe('a call that fails', () => {
  it('is refused with a code, the errors of each field, and its id in the logs', async () => {
    const errors = [{ pointer: '/qty', detail: 'is too small' }]
    const headers = { 'x-request-id': 'r1', 'retry-after': '2' }
    await using calls = await callingOnce([
      problem(422, 'invalid-input', { errors, detail: 'Look' }, headers),
    ])
    const refused = await calls.client.get('/orders').catch((error) => error)
    assert.ok(refused instanceof CallRefused, String(refused))
    const { name: _, ...fields } = refused
    assert.deepEqual(
      { ...fields, message: refused.message },
      {
        status: 422,
        code: 'invalid-input',
        title: 'No',
        detail: 'Look',
        message: 'No. Look',
        errors,
        requestId: 'r1',
        retryAfterMs: 2000,
      },
    )
  })

  it('is refused by its status when the answer is not a problem document', async () => {
    await using calls = await callingOnce([(_, response) => response.writeHead(503).end('<html>')])
    const expected = { name: 'CallRefused', code: 'unknown', message: '503 Service Unavailable' }
    await assert.rejects(calls.client.get('/orders'), expected)
  })

  it('is unreachable with a reason when nothing listens, time runs out or the answer is cut', async () => {
    await using calls = await callingOnce([never, breakInside], { timeoutMs: 100 })
    const { client } = calls
    const unreachable = { name: 'Unreachable', message: 'The system cannot be reached' }
    await assert.rejects(client.get('/orders'), { ...unreachable, reason: 'TimeoutError' })
    await assert.rejects(client.get('/orders'), unreachable)
    const closed = await answeringServer()
    await closed[Symbol.asyncDispose]()
    const nowhere = openClient({ url: closed.url, retry: {} })
    await assert.rejects(nowhere.get('/orders'), { ...unreachable, reason: 'ECONNREFUSED' })
  })

  it('is unreachable when an answer of status 200 is not JSON', async () => {
    for (const body of ['<html>', '']) {
      await using calls = await callingOnce([(_, response) => response.end(body)])
      const expected = { name: 'Unreachable', message: 'The answer cannot be read' }
      await assert.rejects(calls.client.get('/orders'), expected)
    }
  })

  it('rejects with the reason of the signal when its caller aborts', async () => {
    const aborter = new AbortController()
    await using calls = await callingOnce([() => aborter.abort(new Error('given up'))])
    await assert.rejects(calls.client.get('/orders', { signal: aborter.signal }), { message: 'given up' })
  })

  it('is undefined with `ifFound` when the answer is 404, and rejects otherwise', async () => {
    await using calls = await callingOnce([problem(404, 'not-found'), problem(503, 'store-unavailable')])
    const find = () => ifFound(calls.client.get('/orders/{id}', { path: { id: orderId } }))
    assert.equal(await find(), undefined)
    await assert.rejects(find(), { code: 'store-unavailable' })
  })
})

describe('the token', () => {
  it('is read for each call, and each 401 is reported unless the token has changed since', async () => {
    let token: string | undefined
    const reported: string[] = []
    const expired = problem(401, 'token-expired')
    const expiredMeanwhile: RequestListener = (request, response) => {
      token = 'new'
      expired(request, response)
    }
    await using calls = await calling([expired, expiredMeanwhile], {
      token: () => token,
      onUnauthorized: ({ code }) => reported.push(code),
    })
    await assert.rejects(calls.client.get('/me'), { code: 'token-expired' })
    token = 'old'
    await assert.rejects(calls.client.get('/me'), { code: 'token-expired' })
    assert.deepEqual(reported, ['token-expired'])
    assert.deepEqual(
      calls.requests.map(({ headers }) => headers.authorization),
      [undefined, 'Bearer old'],
    )
  })
})

describe('a POST', () => {
  it('is sent once and without a key without a policy', async () => {
    await using calls = await calling([breakConnection, placed], { retry: {} })
    await assert.rejects(calls.client.post('/orders', { body: order }), Unreachable)
    assert.deepEqual(calls.requests.map(keyOf), [undefined])
  })

  it('has a key, and is sent again after 429, 502, 503 and no answer, when nothing else is said', async () => {
    const lost = [problem(429, 'too-many-requests'), problem(502, 'x'), problem(503, 'y'), breakConnection]
    await using calls = await calling([...lost, placed])
    const { eventId } = await calls.client.post('/orders', { body: order })
    assert.equal(eventId, 'e1')
    assert.equal(calls.requests.length, 5)
    assert.match(String(keyOf(calls.requests[0])), /^"[\da-f]{32}"$/)
    assert.equal(new Set(calls.requests.map(keyOf)).size, 1)
  })

  it('has a new key for each call', async () => {
    await using calls = await calling([placed, placed], { retry: { post: onceIfUnanswered } })
    for (const _ of [1, 2]) await calls.client.post('/orders', { body: order })
    const [first, second] = calls.requests.map(keyOf)
    assert.match(String(first), /^"[\da-f]{32}"$/)
    assert.notEqual(first, second)
  })

  it('is sent again with the same key and body when it may not have arrived', async () => {
    for (const lost of [
      problem(502, 'upstream-unavailable'),
      problem(503, 'upstream-timeout'),
      breakConnection,
    ]) {
      await using calls = await calling([lost, placed], { retry: { post: onceIfUnanswered } })
      await calls.client.post('/orders', { body: order })
      const [first, second, ...more] = calls.requests
      assert.equal(keyOf(first), keyOf(second))
      assert.equal(first?.body, second?.body)
      assert.deepEqual(more, [])
    }
  })

  it('is sent once when it was answered, and twice at most', async () => {
    const cancel = { path: { id: orderId } }
    await using refused = await calling([problem(409, 'order-already-final'), placed], {
      retry: { post: onceIfUnanswered },
    })
    await assert.rejects(refused.client.post('/orders/{id}/cancel', cancel), { code: 'order-already-final' })
    assert.equal(refused.requests.length, 1)
    await using gone = await calling([breakConnection, breakConnection, placed], {
      retry: { post: onceIfUnanswered },
    })
    await assert.rejects(gone.client.post('/orders/{id}/cancel', cancel), Unreachable)
    assert.equal(gone.requests.length, 2)
  })

  it('is not repeated after its caller aborts', async () => {
    const aborter = new AbortController()
    const giveUp: RequestListener = () => aborter.abort(new Error('given up'))
    await using calls = await calling([giveUp, placed], { retry: { post: () => 0 } })
    const { signal } = aborter
    await assert.rejects(calls.client.post('/orders', { body: order, signal }), { message: 'given up' })
    assert.equal(calls.requests.length, 1)
  })
})

describe('a stream', () => {
  it('is the body as it arrives, for longer than the timeout of a call', async () => {
    const slowly: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n')
      setTimeout(() => response.end('\n'), 150)
    }
    await using calls = await calling([slowly], { timeoutMs: 100 })
    const body = await calls.client.stream('/orderDashboards/live', { header: { 'last-event-id': '0' } })
    assert.equal(await new Response(body).text(), 'id: 1\n\n')
    assert.equal(calls.requests[0]?.headers['last-event-id'], '0')
  })

  it('is refused like any call', async () => {
    await using calls = await calling([problem(403, 'not-permitted')])
    await assert.rejects(calls.client.stream('/orderDashboards/live'), { code: 'not-permitted' })
  })
})
