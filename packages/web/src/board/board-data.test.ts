import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openApi } from '../api/api.ts'
import type { Order } from '../api/types.ts'
import { order, serving, until } from '../testing/orders.ts'
import { openBoard } from './board-data.ts'
import type { Filter } from './filter.ts'

const filter: Filter = { range: '1h', overdue: false }
const id = (n: number) => `0193${String(n).padStart(4, '0')}-8a3b-7c21-9d4e-5f6a7b8c9d0e`
const placed = (n: number) => order(id(n), 'PLACED', ['OrderPlaced'])
const paid = (n: number) => order(id(n), 'PAID', ['OrderPlaced', 'PaymentApproved'])
const delivered = (n: number) =>
  order(id(n), 'DELIVERED', ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])
const told = (some: Order) => `event: order\ndata: ${JSON.stringify(some)}\n\n`

/** A board of what this list and feed say, which change as the test goes on. */
async function boardOf(first: readonly Order[], { asked = filter, withoutFeed = false } = {}) {
  let items = first
  let isAway = false
  let lists = 0
  let feed: { write(text: string): void; end(): void } | undefined
  const server = await serving((request, response) => {
    if (request.url?.includes('/live')) {
      if (withoutFeed) return void response.writeHead(503).end()
      feed = response.writeHead(200, { 'content-type': 'text/event-stream' })
      return void response.write('id: 1\n\n')
    }
    lists++
    if (isAway) return void response.writeHead(503).end()
    response.end(JSON.stringify({ items }))
  })
  const board = openBoard(openApi({ base: server.url, token: () => undefined, onSignInNeeded() {} }), asked)
  const stands = () =>
    Object.fromEntries([...board.orders.value.values()].map(({ orderId, status }) => [orderId, status]))
  await until(() => board.known.value && !board.loading.value)
  return {
    board,
    stands,
    lists: () => lists,
    say: (text: string) => feed?.write(text),
    list: (found: readonly Order[]) => {
      items = found
    },
    away: (is: boolean) => {
      isAway = is
    },
    async [Symbol.asyncDispose]() {
      board.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('a board', () => {
  it('has the list, and puts what is told over it', async () => {
    await using it = await boardOf([placed(1), placed(2)])
    it.say(told(paid(2)) + told(placed(3)))
    await until(() => it.stands()[id(3)] !== undefined)
    assert.deepEqual(it.stands(), { [id(1)]: 'PLACED', [id(2)]: 'PAID', [id(3)]: 'PLACED' })
    assert.equal(it.lists(), 1)
  })

  it('has the list where there is no feed', async () => {
    await using it = await boardOf([placed(1)], { withoutFeed: true })
    assert.deepEqual(it.stands(), { [id(1)]: 'PLACED' })
  })

  it('keeps nothing that the list no longer has when nobody can tell what was missed', async () => {
    await using it = await boardOf([placed(1), placed(2)], {
      asked: { ...filter, status: 'PLACED' },
    })
    it.say(told(paid(3)))
    await until(() => it.stands()[id(3)] !== undefined)
    it.list([placed(2), placed(4)])
    it.say('event: reset\ndata: {}\n\n')
    await until(() => it.stands()[id(4)] !== undefined)
    assert.deepEqual(it.stands(), { [id(2)]: 'PLACED', [id(4)]: 'PLACED' })
  })

  it('keeps what is told while the list is read again', async () => {
    await using it = await boardOf([placed(1), placed(2)])
    it.away(true)
    it.say('event: reset\ndata: {}\n\n')
    await until(() => it.board.error.value !== undefined)
    it.say(told(delivered(2)) + told(placed(3)))
    await until(() => it.stands()[id(3)] !== undefined)
    it.list([placed(2)])
    it.away(false)
    await until(() => it.board.error.value === undefined)
    assert.deepEqual(it.stands(), { [id(2)]: 'DELIVERED', [id(3)]: 'PLACED' })
  })
})
