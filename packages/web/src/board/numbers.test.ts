import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OrderView } from '@saucery/client/schemas'
import { countByStep, durationsOf } from '@saucery/contracts/statistics'
import { placedMs } from '../order/orders.ts'
import { orderView } from '../testing/orders.ts'
import type { BoardFilter } from './filter.ts'
import { boardNumbers, periodOf } from './numbers.ts'

const filter: BoardFilter = { range: '1h', isChosen: false, overdue: false }
const id = (n: number) => `01936f5e-${String(8000 + n)}-7c21-9d4e-5f6a7b8c9d0e`
const now = placedMs(id(9)) + 1000
const order = (n: number, status: OrderView['status']) => ({ ...orderView(id(n), status, []), tookMs: 4000 })
const mapOf = (orders: readonly OrderView[]) => new Map(orders.map((it) => [it.orderId, it]))

describe('the numbers of the board', () => {
  it('are counted from the cards where all orders are loaded', () => {
    const shown = [order(1, 'PAID'), order(2, 'DELIVERED')]
    const numbers = boardNumbers(filter, { orders: mapOf(shown), hasOlder: false }, shown, undefined, now)
    const { counted, byStatus, scope, isPart } = numbers ?? assert.fail()
    assert.deepEqual([byStatus.PAID, byStatus.DELIVERED, byStatus.PLACED], [1, 1, 0])
    const last = counted.steps.at(-1)
    assert.deepEqual([last?.placed, last?.delivered, counted.delivery.p50Ms], [2, 1, 4000])
    assert.deepEqual([scope, isPart], [filter, false])
  })

  it('are the last statistics, moved on by what changed since, where some are not loaded', () => {
    const all = Array.from({ length: 50 }, () => ({ time: now - 1000, status: 'PAID' as const, count: 1 }))
    const statistics = { ...countByStep(periodOf('1h', now), all), delivery: durationsOf([]) }
    const before = mapOf([order(4, 'PAID'), order(5, 'PAID')])
    const orders = mapOf([
      order(3, 'PAID'), // Loaded since, but placed before: counted already.
      order(4, 'PAID'),
      order(5, 'DELIVERED'),
      order(6, 'PLACED'),
    ])
    const board = { orders, hasOlder: true }
    const of = (part: Partial<BoardFilter>, received = { statistics, orders: before }) =>
      boardNumbers({ ...filter, ...part }, board, [order(5, 'DELIVERED')], received, now)
    const { counted, byStatus, isPart } = of({ status: 'PAID' }) ?? assert.fail()
    assert.deepEqual([byStatus.PAID, byStatus.DELIVERED, byStatus.PLACED], [49, 1, 1])
    const last = counted.steps.at(-1)
    assert.deepEqual([last?.placed, last?.delivered, isPart], [51, 1, false])
    assert.equal(byStatus, counted.byStatus)
    assert.equal(boardNumbers(filter, board, [], undefined, now), undefined)
  })

  it('of a filter that the statistics do not know are those of the cards, which are a part', () => {
    const statistics = { ...countByStep(periodOf('1h', now), []), delivery: durationsOf([]) }
    const shown = [order(5, 'PAID')]
    const board = { orders: mapOf(shown), hasOlder: true }
    const numbers = boardNumbers(
      { ...filter, sauceId: '1', branchId: '2' },
      board,
      shown,
      { statistics, orders: board.orders },
      now,
    )
    assert.deepEqual([numbers?.byStatus.PAID, numbers?.isPart], [1, true])
    assert.deepEqual(numbers?.scope, { range: '1h', branchId: '2' })
  })
})
