import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { openApi } from '../api/api.ts'
import { order, serving } from '../testing/orders.ts'
import { followLive, type LiveOptions } from './live.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A feed that answers the first connection with the first of these, and so on; and someone who follows it. */
async function following(answers: Answer[], options: Partial<LiveOptions> = {}) {
  const refusals: string[] = []
  const places: (string | undefined)[] = []
  const told: string[] = []
  const waiting = new Set<() => void>()
  const tell = (what: string) => {
    told.push(what)
    for (const check of waiting) check()
  }
  const server = await serving((request, response) => {
    places.push(request.headers['last-event-id'] as string | undefined)
    const answer = answers[places.length - 1]
    if (!answer) return void response.writeHead(503).end()
    answer(response, request)
  })
  const api = openApi({
    base: server.url,
    token: () => 'secret',
    onSignInNeeded: ({ code }) => refusals.push(code),
  })
  const stop = followLive({
    open: (headers, signal) => api.ask('/live', { headers, signal }),
    onOrders: (orders) => tell(orders.map(({ orderId, status }) => `${orderId} ${status}`).join(', ')),
    onReset: () => tell('reset'),
    onState: (state) => tell(state),
    longestPauseMs: 10,
    ...options,
  })
  return {
    places,
    told,
    /** Why somebody has to sign in. */
    refusals,
    /** Resolves when something was told so many times. */
    until: (what: string, times = 1) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (told.filter((it) => it === what).length < times) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    async [Symbol.asyncDispose]() {
      stop()
      await server[Symbol.asyncDispose]()
    },
  }
}

const feed = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' })
const message = (id: string, place?: string) =>
  `event: order\ndata: ${JSON.stringify(order(id, 'PLACED', []))}\n${place ? `id: ${place}\n` : ''}\n`

describe('the live feed', () => {
  it('is read with the token, and what there is once it is open', async () => {
    let authorization: string | undefined
    await using follower = await following([
      (response, request) => {
        authorization = request.headers.authorization
        feed(response).write('retry: 1000\n\nid: 1\n\n')
      },
    ])
    await follower.until('reset')
    assert.deepEqual(follower.told, ['connecting', 'live', 'reset'])
    assert.equal(authorization, 'Bearer secret')
  })

  it('goes on after the last place that was told, when the connection is lost', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write(`id: 1\n\n${message('a')}${message('b', '2')}`)
        setTimeout(() => response.destroy(), 50)
      },
      (response) => feed(response).write(message('c', '3')),
    ])
    await follower.until('c PLACED')
    assert.deepEqual(follower.told, [
      'connecting',
      'live',
      'reset',
      'a PLACED, b PLACED',
      'reconnecting',
      'live',
      'c PLACED',
    ])
    assert.deepEqual(follower.places, [undefined, '2'])
  })

  it('goes back to the last place when a connection breaks within what belongs together', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write(`id: 1\n\n${message('a')}event: order\ndata: {"orderId":`)
        setTimeout(() => response.destroy(), 50)
      },
      (response) => feed(response).write(`${message('a')}${message('b', '2')}`),
    ])
    await follower.until('a PLACED, b PLACED')
    assert.deepEqual(follower.places, [undefined, '1'])
  })

  it('keeps the place that a heartbeat tells', async () => {
    await using follower = await following([
      (response) => {
        feed(response).write('id: 1\n\n')
        setTimeout(() => response.write(': still here\nid: 7\n\n'), 20)
        setTimeout(() => response.end(), 60)
      },
      (response) => feed(response).write(message('a', '8')),
    ])
    await follower.until('a PLACED')
    assert.deepEqual(follower.places, [undefined, '7'])
  })

  it('has everything read again when it cannot tell what was missed', async () => {
    await using follower = await following([
      (response) => feed(response).write('id: 1\n\nevent: reset\ndata: {}\nid: 9\n\n'),
    ])
    await follower.until('reset', 2)
    assert.deepEqual(follower.told, ['connecting', 'live', 'reset', 'reset'])
  })

  it('tries again while nobody answers', async () => {
    const away: Answer = (response) => response.writeHead(502).end()
    await using follower = await following([away, away, (response) => feed(response).write('id: 1\n\n')])
    await follower.until('reset')
    assert.deepEqual(follower.told, ['connecting', 'reconnecting', 'reconnecting', 'live', 'reset'])
  })

  it('opens another connection when the one it has says nothing any more', async () => {
    await using follower = await following(
      [
        (response) => feed(response).write('id: 1\n\n'),
        (response) => feed(response).write(message('a', '2')),
      ],
      { silenceMs: 100 },
    )
    await follower.until('a PLACED')
    assert.deepEqual(follower.places.slice(0, 2), [undefined, '1'])
  })

  it('begins anew when its place is refused', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\n'),
      (response) => response.writeHead(422).end(),
      (response) => feed(response).write('id: 5\n\n'),
    ])
    await follower.until('reset', 2)
    assert.deepEqual(follower.places, [undefined, '1', undefined])
  })

  it('asks for a new sign-in, once, when it ends with the token', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\nevent: end\ndata: {"code":"token-expired"}\n\n'),
      (response) =>
        response
          .writeHead(401, { 'content-type': 'application/problem+json' })
          .end('{"code":"token-expired","title":"The token has expired; sign in again"}'),
    ])
    await follower.until('off')
    assert.deepEqual(follower.refusals, ['token-expired'])
    assert.deepEqual(follower.places, [undefined, '1'])
    assert.deepEqual(follower.told, ['connecting', 'live', 'reset', 'reconnecting', 'off'])
  })

  it('is off, and not asked for again, where there is no right to it or nothing such', async () => {
    for (const status of [401, 403, 404, 422]) {
      await using follower = await following([(response) => response.writeHead(status).end()])
      await follower.until('off')
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.deepEqual([follower.told, follower.places.length], [['connecting', 'off'], 1])
    }
  })

  it('is off when the right to it is lost', async () => {
    await using follower = await following([
      (response) => feed(response).end('id: 1\n\n'),
      (response) => response.writeHead(403).end(),
    ])
    await follower.until('off')
    assert.deepEqual(follower.places, [undefined, '1'])
  })
})
