import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openClient } from './client.ts'
import { followLive, type LiveConnection, type LiveOptions } from './live.ts'
import type { LiveBatch } from './read-live.ts'
import { answeringServer, problem } from './testing/server.ts'

const order = (orderId: string, event = 'order') => `event: ${event}\ndata: ${JSON.stringify({ orderId })}\n`

/** Sends the texts, each as a chunk of its own, and then ends the answer or leaves it open. */
const feed =
  (texts: readonly string[], { end = true, onClose = () => {} } = {}): RequestListener =>
  async (_, response) => {
    response.on('close', onClose).writeHead(200, { 'content-type': 'text/event-stream' })
    for (const text of texts) {
      response.write(text)
      await delay(20)
    }
    if (end) response.end()
  }

async function following(answers: RequestListener[], options: Partial<LiveOptions> = {}) {
  const server = await answeringServer(...answers)
  const states: LiveConnection[] = []
  const batches = followLive({
    client: openClient({ url: server.url, token: async () => 'secret' }),
    longestPauseMs: 10,
    onConnection: (state) => void states.push(state),
    ...options,
  })
  return { server, batches, states, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const idsIn = ({ orders }: LiveBatch) => orders.map(({ orderId }) => orderId)

describe('the live feed as an iterator', { timeout: 60_000 }, () => {
  it('hands on what came together, and resumes after the last id when a connection ends', async () => {
    await using live = await following([
      feed(['id: 1\n\n', `${order('a')}\n${order('b')}id: 2\n\n`]),
      feed([`${order('c')}id: 3\n\n`, `${order('d', 'left')}id: 4\n\nevent: reset\ndata: {}\nid: 5\n\n`]),
    ])
    const found: unknown[] = []
    for await (const batch of live.batches) {
      found.push([batch.after, batch.id, idsIn(batch), batch.left?.length ?? 0, batch.isReset])
      if (batch.isReset) break
    }
    assert.deepEqual(found, [
      [undefined, '1', [], 0, false],
      ['1', '2', ['a', 'b'], 0, false],
      ['2', '3', ['c'], 0, false],
      ['3', '5', [], 1, true],
    ])
    assert.deepEqual(
      live.server.requests.map(({ headers }) => [headers['last-event-id'], headers.authorization]),
      [
        [undefined, 'Bearer secret'],
        ['2', 'Bearer secret'],
      ],
    )
    assert.deepEqual([...new Set(live.states)], ['connecting', 'live', 'reconnecting'])
  })

  it('sends its query', async () => {
    await using live = await following([feed(['id: 1\n\n'], { end: false })], { query: { status: 'PAID' } })
    for await (const _ of live.batches) break
    assert.equal(live.server.requests[0]?.url, '/orderDashboards/live?status=PAID')
  })

  it('closes its connection when its caller leaves the loop, or aborts while it waits', async () => {
    const aborting = new AbortController()
    for (const how of ['leave', 'abort'] as const) {
      let onClose = () => {}
      const closed = new Promise<void>((resolve) => {
        onClose = resolve
      })
      await using live = await following([feed(['id: 1\n\n'], { end: false, onClose })], {
        signal: aborting.signal,
      })
      for await (const _ of live.batches) {
        if (how === 'leave') break
        setTimeout(() => aborting.abort(), 20)
      }
      await closed
    }
  })

  it('takes a caller that works on a batch for longer than the feed may be silent for no silence', async () => {
    await using live = await following([feed(['id: 1\n\n', `${order('a')}id: 2\n\n`], { end: false })], {
      silenceMs: 1000,
    })
    for await (const batch of live.batches) {
      if (idsIn(batch).includes('a')) break
      await delay(1500)
    }
    assert.equal(live.server.requests.length, 1)
  })

  it('throws when it is refused for good', async () => {
    await using live = await following([feed(['id: 1\n\n']), problem(403, 'not-permitted')])
    const ids: unknown[] = []
    const all = async () => {
      for await (const { id } of live.batches) ids.push(id)
    }
    await assert.rejects(all(), { code: 'not-permitted' })
    assert.deepEqual(ids, ['1'])
    assert.equal(live.states.at(-1), 'off')
  })
})
