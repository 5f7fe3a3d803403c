import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import type { OrderView } from '@saucery/client/schemas'
import { inVisiblePage, listen, orderView, untilTrue } from '../testing/orders.ts'
import { openBoard } from './board-data.ts'
import type { BoardFilter } from './filter.ts'

inVisiblePage()

const everything: BoardFilter = { range: '1h', isChosen: false, overdue: false }
const id = (n: number) => `0193${String(n).padStart(4, '0')}-8a3b-7c21-9d4e-5f6a7b8c9d0e`
const placed = (n: number) => orderView(id(n), 'PLACED', ['OrderPlaced'])
const paid = (n: number) => orderView(id(n), 'PAID', ['OrderPlaced', 'PaymentApproved'])
const delivered = (n: number) =>
  orderView(id(n), 'DELIVERED', ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])
const message = (order: OrderView) => `event: order\ndata: ${JSON.stringify(order)}\n\n`

/** A board, with a list and a feed that the test changes. */
async function boardOf(
  first: readonly OrderView[],
  { filter = everything, withoutFeed = false, feedAfterList = false } = {},
) {
  let items = first
  let isAway = false
  let lists = 0
  let feed: { write(text: string): void; end(): void } | undefined
  const server = await listen(async (request, response) => {
    if (request.url?.includes('/live')) {
      if (withoutFeed) return void response.writeHead(503).end()
      feed = response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (feedAfterList) await untilTrue(() => lists > 0)
      return void response.write('id: 1\n\n')
    }
    lists++
    if (isAway) return void response.writeHead(503).end()
    if (feedAfterList && lists === 1) await untilTrue(() => board.connection.value === 'live')
    response.end(JSON.stringify({ items }))
  })
  const board = openBoard(openClient({ url: server.url, retry: {} }), server.url, filter, {
    feedFirstMs: feedAfterList || withoutFeed ? 100 : 10_000,
  })
  const statuses = () =>
    Object.fromEntries([...board.orders.value.values()].map(({ orderId, status }) => [orderId, status]))
  await untilTrue(() => board.isRead.value && !board.loading.value && (withoutFeed || feed !== undefined))
  return {
    board,
    statuses,
    lists: () => lists,
    send: (text: string) => feed?.write(text),
    setList: (found: readonly OrderView[]) => {
      items = found
    },
    setAway: (is: boolean) => {
      isAway = is
    },
    async [Symbol.asyncDispose]() {
      board.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('a board', () => {
  it('reads the list once where the feed comes at once', async () => {
    await using it = await boardOf([placed(1)])
    it.send(message(placed(2)))
    await untilTrue(() => it.statuses()[id(2)] !== undefined)
    assert.equal(it.lists(), 1)
  })

  it('shows the first list, and reads it again for a feed that comes later', async () => {
    await using it = await boardOf([placed(1)], { feedAfterList: true })
    assert.deepEqual(it.statuses(), { [id(1)]: 'PLACED' })
    await untilTrue(() => it.lists() === 2 && !it.board.loading.value)
  })

  it('shows the list, with the changes from the feed over it', async () => {
    await using it = await boardOf([placed(1), placed(2)])
    it.send(message(paid(2)) + message(placed(3)))
    await untilTrue(() => it.statuses()[id(3)] !== undefined)
    assert.deepEqual(it.statuses(), { [id(1)]: 'PLACED', [id(2)]: 'PAID', [id(3)]: 'PLACED' })
  })

  it('keeps what its filter is for, however many other orders pass', async () => {
    const recent = (n: number) => {
      const hex = (Date.now() - 60_000 + n).toString(16).padStart(12, '0')
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7c21-9d4e-5f6a7b8c9d0e`
    }
    const mine = orderView(recent(0), 'PLACED', ['OrderPlaced'])
    await using it = await boardOf([mine], { filter: { ...everything, status: 'PLACED' } })
    const others = Array.from({ length: 650 }, (_, i) =>
      orderView(recent(i + 1), 'PAID', ['OrderPlaced', 'PaymentApproved']),
    )
    it.send(others.map(message).join(''))
    await untilTrue(() => it.board.orders.value.has(others.at(-1)?.orderId ?? ''))
    assert.equal(it.statuses()[mine.orderId], 'PLACED')
    assert.ok(it.board.orders.value.size <= 601, `${it.board.orders.value.size} orders are kept`)
  })

  it('shows the list where there is no feed', async () => {
    await using it = await boardOf([placed(1)], { withoutFeed: true })
    assert.deepEqual(it.statuses(), { [id(1)]: 'PLACED' })
  })

  it('reads the list every few seconds while the feed sends nothing', async () => {
    await using it = await boardOf([placed(1)], { withoutFeed: true })
    it.setList([paid(1), placed(2)])
    await untilTrue(() => it.statuses()[id(2)] !== undefined)
    assert.deepEqual(it.statuses(), { [id(1)]: 'PAID', [id(2)]: 'PLACED' })
  })

  it('drops the orders that the list no longer has after a reset', async () => {
    await using it = await boardOf([placed(1), placed(2)], {
      filter: { ...everything, status: 'PLACED' },
    })
    it.send(message(paid(3)))
    await untilTrue(() => it.statuses()[id(3)] !== undefined)
    it.setList([placed(2), placed(4)])
    it.send('event: reset\ndata: {}\n\n')
    await untilTrue(() => it.statuses()[id(4)] !== undefined)
    assert.deepEqual(it.statuses(), { [id(2)]: 'PLACED', [id(4)]: 'PLACED' })
  })

  it('keeps the changes that come while the list is read again', async () => {
    await using it = await boardOf([placed(1), placed(2)])
    it.setAway(true)
    it.send('event: reset\ndata: {}\n\n')
    await untilTrue(() => it.board.error.value !== undefined)
    it.send(message(delivered(2)) + message(placed(3)))
    await untilTrue(() => it.statuses()[id(3)] !== undefined)
    it.setList([placed(2)])
    it.setAway(false)
    await untilTrue(() => it.board.error.value === undefined)
    assert.deepEqual(it.statuses(), { [id(2)]: 'DELIVERED', [id(3)]: 'PLACED' })
  })
})
