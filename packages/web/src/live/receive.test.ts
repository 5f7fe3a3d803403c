import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { followLive, type LiveConnection, type LiveOptions } from '@saucery/client/live'
import { listen, orderView } from '../testing/orders.ts'
import { openReceiver } from './receive.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** Follows a feed that answers the first connection with the first of these, and so on. */
async function following(answers: Answer[], options: Partial<LiveOptions> = {}) {
  const unauthorized: string[] = []
  const lastIds: (string | undefined)[] = []
  const calls: string[] = []
  const waiting = new Set<() => void>()
  const record = (what: string) => {
    calls.push(what)
    for (const check of waiting) check()
  }
  const server = await listen((request, response) => {
    lastIds.push(request.headers['last-event-id'] as string | undefined)
    const answer = answers[lastIds.length - 1]
    if (!answer) return void response.writeHead(503).end()
    answer(response, request)
  })
  const client = openClient({
    url: server.url,
    token: () => 'secret',
    onUnauthorized: ({ code }) => unauthorized.push(code),
  })
  const stopping = new AbortController()
  let connection: LiveConnection | undefined
  const { receive } = openReceiver({
    query: {},
    onOrders: (orders) => record(orders.map(({ orderId, status }) => `${orderId} ${status}`).join(', ')),
    onReset: () => record('reset'),
  })
  const batches = followLive({
    client,
    onConnection(state) {
      // Called with each batch.
      if (state !== 'live' || connection !== 'live') record(state)
      connection = state
    },
    signal: stopping.signal,
    longestPauseMs: 10,
    ...options,
  })
  const ended = (async () => {
    for await (const batch of batches) receive(batch)
  })().catch((error) => error)
  return {
    lastIds,
    calls,
    /** Why the feed is off. */
    ended,
    /** The codes of the 401 answers. */
    unauthorized,
    /** Resolves after this call, or so many of them. */
    until: (what: string, times = 1) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (calls.filter((it) => it === what).length < times) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await server[Symbol.asyncDispose]()
    },
  }
}

const feed = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' })
const message = (orderId: string, id?: string) =>
  `event: order\ndata: ${JSON.stringify(orderView(orderId, 'PLACED', []))}\n${id ? `id: ${id}\n` : ''}\n`

describe('what a page receives of the live feed', () => {
  it('sends the token, and has the list read once it is open', async () => {
    let authorization: string | undefined
    await using follower = await following([
      (response, request) => {
        authorization = request.headers.authorization
        feed(response).write('retry: 1000\n\nid: 1\n\n')
      },
    ])
    await follower.until('reset')
    assert.deepEqual(follower.calls, ['connecting', 'live', 'reset'])
    assert.equal(authorization, 'Bearer secret')
  })

  it('resumes after the last id when the connection is lost', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write(`id: 1\n\n${message('a')}${message('b', '2')}`)
        setTimeout(() => response.destroy(), 50)
      },
      (response) => feed(response).write(message('c', '3')),
    ])
    await follower.until('c PLACED')
    assert.deepEqual(follower.calls, [
      'connecting',
      'live',
      'reset',
      'a PLACED, b PLACED',
      'reconnecting',
      'live',
      'c PLACED',
    ])
    assert.deepEqual(follower.lastIds, [undefined, '2'])
  })

  it('resumes before a group of changes that a broken connection cut', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write(`id: 1\n\n${message('a')}event: order\ndata: {"orderId":`)
        setTimeout(() => response.destroy(), 50)
      },
      (response) => feed(response).write(`${message('a')}${message('b', '2')}`),
    ])
    await follower.until('a PLACED, b PLACED')
    assert.deepEqual(follower.lastIds, [undefined, '1'])
  })

  it('resumes after the id of a heartbeat', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write('id: 1\n\n')
        setTimeout(() => response.write(': still here\nid: 7\n\n'), 20)
        setTimeout(() => response.end(), 60)
      },
      (response) => feed(response).write(message('a', '8')),
    ])
    await follower.until('a PLACED')
    assert.deepEqual(follower.lastIds, [undefined, '7'])
  })

  it('has the list read again after a reset', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write('id: 1\n\n')
        setTimeout(() => response.write('event: reset\ndata: {}\nid: 9\n\n'), 20)
      },
    ])
    await follower.until('reset', 2)
    assert.deepEqual(follower.calls, ['connecting', 'live', 'reset', 'reset'])
  })

  it('tries again while there is no answer', async () => {
    const away: Answer = (response) => response.writeHead(502).end()
    await using follower = await following([away, away, (response) => feed(response).write('id: 1\n\n')])
    await follower.until('reset')
    assert.deepEqual(follower.calls, ['connecting', 'reconnecting', 'reconnecting', 'live', 'reset'])
  })

  it('opens another connection when the present one is silent', async () => {
    await using follower = await following(
      [
        (response) => feed(response).write('id: 1\n\n'),
        (response) => feed(response).write(message('a', '2')),
      ],
      { silenceMs: 500 },
    )
    await follower.until('a PLACED')
    assert.deepEqual(follower.lastIds.slice(0, 2), [undefined, '1'])
  })

  it('starts anew when its last id is refused', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\n'),
      (response) => response.writeHead(422).end(),
      (response) => feed(response).write('id: 5\n\n'),
    ])
    await follower.until('reset', 2)
    assert.deepEqual(follower.lastIds, [undefined, '1', undefined])
  })

  it('asks for a new sign-in, once, when the token expires', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\nevent: end\ndata: {"code":"token-expired"}\n\n'),
      (response) =>
        response
          .writeHead(401, { 'content-type': 'application/problem+json' })
          .end('{"code":"token-expired","title":"The token has expired; sign in again"}'),
    ])
    await follower.until('off')
    assert.deepEqual(follower.unauthorized, ['token-expired'])
    assert.deepEqual(follower.lastIds, [undefined, '1'])
    assert.deepEqual(follower.calls, ['connecting', 'live', 'reset', 'reconnecting', 'off'])
  })

  it('is off, and stays off, where it is refused', async () => {
    for (const status of [401, 403, 404, 422]) {
      await using follower = await following([(response) => response.writeHead(status).end()])
      await follower.until('off')
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.deepEqual([follower.calls, follower.lastIds.length], [['connecting', 'off'], 1])
      assert.equal((await follower.ended).status, status)
    }
  })

  it('is off when the right to it is lost later', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\n'),
      (response) => response.writeHead(403).end(),
    ])
    await follower.until('off')
    assert.deepEqual(follower.lastIds, [undefined, '1'])
  })
})
