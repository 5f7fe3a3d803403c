import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { placedMs } from '../order/orders.ts'
import { orderView } from '../testing/orders.ts'
import {
  addressOf,
  type BoardFilter,
  filterIn,
  filterText,
  liveQuery,
  loadKeyOf,
  matches,
  ordersQuery,
  rangeOfAge,
} from './filter.ts'

const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const placed = placedMs(id)
const everything: BoardFilter = { range: '1h', isChosen: false, overdue: false }
const one: BoardFilter = {
  range: '7d',
  isChosen: true,
  status: 'PAID',
  branchId: '명동',
  sauceId: 'a b&c',
  overdue: true,
  id: '9d0e',
}

/** The parameters that are sent: those that are not undefined. */
const sent = (query: object) => JSON.parse(JSON.stringify(query))

describe('the filter', () => {
  it('survives the way into the address and back', () => {
    for (const filter of [everything, one])
      assert.deepEqual(filterIn(new URLSearchParams(addressOf(filter).split('?')[1])), filter)
    assert.equal(addressOf(everything), '#/')
  })

  it('has the range of the newest order where none was chosen', () => {
    const hours = (n: number) => rangeOfAge(n * 3_600_000)
    assert.deepEqual([0, 0.9, 1, 23, 100, 700, 800].map(hours), ['1h', '1h', '6h', '24h', '7d', '30d', '1h'])
    assert.deepEqual(filterIn(new URLSearchParams(), '7d'), { ...everything, range: '7d' })
    assert.equal(filterIn(new URLSearchParams('range=1h'), '7d').range, '1h')
    assert.equal(addressOf({ ...everything, isChosen: true }), '#/?range=1h')
  })

  it('says in words which orders it shows', () => {
    assert.equal(filterText(everything), 'Last hour')
    assert.equal(filterText(one), 'Last 7 days · PAID · 명동 · a b&c · Overdue · Id 9d0e')
  })

  it('ignores what is not valid in the address', () => {
    assert.deepEqual(filterIn(new URLSearchParams('range=toString&status=LOST&branch=&x=1')), everything)
  })

  it('queries the list with all its parts, and the feed with those that never change for an order', () => {
    assert.deepEqual(sent(ordersQuery(everything, placed)), { since: '2024-11-27T19:44:47.035Z' })
    assert.deepEqual(sent(ordersQuery(one, placed)), {
      since: '2024-11-20T20:44:47.035Z',
      status: 'PAID',
      branchId: '명동',
      sauceId: 'a b&c',
      overdue: 'true',
    })
    assert.deepEqual(sent(liveQuery(one)), { branchId: '명동', sauceId: 'a b&c' })
  })

  it('loads the same orders whatever part of an id is searched for', () => {
    assert.equal(loadKeyOf({ ...everything, id: 'a' }), loadKeyOf(everything))
    assert.notEqual(loadKeyOf({ ...everything, branchId: '1' }), loadKeyOf(everything))
  })

  it('shows the orders that match all its parts', () => {
    const paid = { ...orderView(id, 'PAID', []), branchId: '1', sauceId: '2' }
    const isShown = (filter: Partial<BoardFilter>, now = placed) =>
      matches(paid, { ...everything, ...filter }, now)
    assert.equal(isShown({}), true)
    assert.equal(isShown({ status: 'PAID', branchId: '1', sauceId: '2' }), true)
    assert.equal(isShown({ status: 'PLACED' }), false)
    assert.equal(isShown({ branchId: '2' }), false)
    assert.equal(isShown({ sauceId: '1' }), false)
    assert.equal(isShown({ overdue: true }), false)
    assert.equal(isShown({ id: '8c9d0e' }), true)
    assert.equal(isShown({ id: 'ffffff' }), false)
    assert.equal(isShown({}, placed + 3_600_000), true)
    assert.equal(isShown({}, placed + 3_600_001), false)
  })
})
