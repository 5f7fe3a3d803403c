import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals'
import { openClient } from '@saucery/client/client'
import type { LiveConnection } from '@saucery/client/live'
import type { LiveQuery } from '@saucery/client/read-live'
import { listen, orderView, TestPage, untilTrue } from '../testing/orders.ts'
import { followSharedFeed } from './shared-feed.ts'

interface Sent {
  readonly id: number
  readonly orderId: string
  readonly branchId: string
}

/** A feed that resumes after an id, and knows how many connections are open. */
async function openFeed() {
  const sent: Sent[] = []
  const open = new Map<ServerResponse, string | null>()
  const lastIds: (string | undefined)[] = []
  const textOf = ({ id, orderId, branchId }: Sent) => {
    const order = { ...orderView(orderId, 'PLACED', ['OrderPlaced']), branchId }
    return `event: order\ndata: ${JSON.stringify(order)}\nid: ${id}\n\n`
  }
  const isFor = (branch: string | null, { branchId }: Sent) => branch === null || branch === branchId
  const server = await listen((request, response) => {
    const branch = new URL(request.url ?? '', 'http://x').searchParams.get('branchId')
    const lastId = request.headers['last-event-id']
    lastIds.push(lastId as string | undefined)
    open.set(response, branch)
    response.on('close', () => open.delete(response))
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`id: ${lastId ?? sent.length}\n\n`)
    if (lastId === undefined) return
    for (const it of sent.slice(Number(lastId))) if (isFor(branch, it)) response.write(textOf(it))
  })
  return {
    url: server.url,
    open,
    lastIds,
    send(orderId: string, branchId = 'any') {
      const it = { id: sent.length + 1, orderId, branchId }
      sent.push(it)
      for (const [response, branch] of open) if (isFor(branch, it)) response.write(textOf(it))
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

type TestFeed = Awaited<ReturnType<typeof openFeed>>

function openPage(feed: TestFeed, query: LiveQuery = {}) {
  const page = new TestPage()
  const stopping = new AbortController()
  const orders: string[] = []
  const connection = signal<LiveConnection>('connecting')
  const result = { page, orders, connection, resets: 0, close: () => stopping.abort() }
  followSharedFeed({
    client: openClient({ url: feed.url, retry: {} }),
    audience: feed.url,
    query,
    stopped: stopping.signal,
    connection,
    page,
    beatMs: 100,
    onOrders: (found) => orders.push(...found.map(({ orderId }) => orderId)),
    onReset: () => {
      result.resets++
    },
  })
  return result
}

/** One after the other: two that begin at once may both lead for a moment, and read their lists twice. */
async function openPages(feed: TestFeed, queries: readonly LiveQuery[]) {
  const pages: TestedPage[] = []
  for (const query of queries) {
    pages.push(openPage(feed, query))
    await areLive(pages)
  }
  return pages
}

type TestedPage = ReturnType<typeof openPage>

const areLive = (pages: readonly TestedPage[]) =>
  untilTrue(() => pages.every(({ connection, resets }) => connection.value === 'live' && resets > 0))
const have = (pages: readonly TestedPage[], orderId: string) =>
  untilTrue(() => pages.every(({ orders }) => orders.includes(orderId)))

describe('the pages of a browser', { timeout: 20_000 }, () => {
  it('share one connection, each with its own orders', async () => {
    await using feed = await openFeed()
    const pages = await openPages(feed, [{}, { branchId: 'a' }, { branchId: 'b' }])
    feed.send('1', 'a')
    feed.send('2', 'b')
    await have(pages.slice(0, 1), '2')
    await have(pages.slice(2), '2')
    assert.deepEqual(
      pages.map(({ orders }) => orders.join()),
      ['1,2', '1', '2'],
    )
    await untilTrue(() => feed.open.size === 1)
    for (const { close } of pages) close()
    await untilTrue(() => feed.open.size === 0)
  })

  it('ask for fewer orders while there is one page, and for all once there is another', async () => {
    await using feed = await openFeed()
    const first = openPage(feed, { branchId: 'a' })
    await areLive([first])
    assert.deepEqual([...feed.open.values()], ['a'])
    const second = openPage(feed, { branchId: 'b' })
    await areLive([second])
    await untilTrue(() => [...feed.open.values()].join() === '')
    feed.send('1', 'b')
    await have([second], '1')
    assert.deepEqual([first.resets, second.resets], [1, 1])
    first.close()
    second.close()
  })

  it('miss nothing when the leader is closed, or hidden', async () => {
    await using feed = await openFeed()
    const all = await openPages(feed, [{}, {}, {}])
    const pages = [...all]
    for (const end of ['close', 'hide'] as const) {
      feed.send(`before ${end}`)
      await have(pages, `before ${end}`)
      const ended = pages.splice(0, 1)[0]
      if (end === 'close') ended?.close()
      else ended?.page.show('hidden')
      feed.send(`after ${end}`)
      await have(pages, `after ${end}`)
      assert.deepEqual(
        pages.map(({ resets }) => resets),
        pages.map(() => 1),
      )
    }
    await untilTrue(() => feed.open.size === 1)
    for (const { close } of all) close()
  })

  it('have no connection while they are hidden, and resume after the last id', async () => {
    await using feed = await openFeed()
    const only = openPage(feed)
    await areLive([only])
    feed.send('1')
    await have([only], '1')
    only.page.show('hidden')
    await untilTrue(() => feed.open.size === 0)
    feed.send('2')
    only.page.show('visible')
    await have([only], '2')
    assert.deepEqual([only.orders, only.resets, feed.lastIds], [['1', '2'], 1, [undefined, '1']])
    only.close()
  })
})
