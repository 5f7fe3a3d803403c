import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { placedMs } from '../order/orders.ts'
import { order } from '../testing/orders.ts'
import { addressOf, type Filter, filterIn, listQuery, liveQuery, matches, readBy } from './filter.ts'

const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const placed = placedMs(id)
const everything: Filter = { range: '1h', overdue: false }
const one: Filter = {
  range: '7d',
  status: 'PAID',
  branchId: '명동',
  sauceId: 'a b&c',
  overdue: true,
  id: '9d0e',
}

describe('the filter', () => {
  it('is the same after it was an address', () => {
    for (const filter of [everything, one])
      assert.deepEqual(filterIn(new URLSearchParams(addressOf(filter).split('?')[1])), filter)
    assert.equal(addressOf(everything), '#/')
  })

  it('leaves out of an address what it does not understand', () => {
    assert.deepEqual(filterIn(new URLSearchParams('range=toString&status=LOST&branch=&x=1')), everything)
  })

  it('asks for a list with all of it, and for the feed with what never changes', () => {
    assert.equal(listQuery(everything, placed).toString(), 'since=2024-11-27T19%3A44%3A47.035Z')
    assert.deepEqual(Object.fromEntries(listQuery(one, placed)), {
      since: '2024-11-20T20:44:47.035Z',
      status: 'PAID',
      branchId: '명동',
      sauceId: 'a b&c',
      overdue: 'true',
    })
    assert.deepEqual(Object.fromEntries(liveQuery(one)), { branchId: '명동', sauceId: 'a b&c' })
  })

  it('reads the same orders whatever part of an id is looked for', () => {
    assert.equal(readBy({ ...everything, id: 'a' }), readBy(everything))
    assert.notEqual(readBy({ ...everything, branchId: '1' }), readBy(everything))
  })

  it('shows what fits each part of it', () => {
    const paid = { ...order(id, 'PAID', []), branchId: '1', sauceId: '2' }
    const shown = (filter: Partial<Filter>, now = placed) => matches(paid, { ...everything, ...filter }, now)
    assert.equal(shown({}), true)
    assert.equal(shown({ status: 'PAID', branchId: '1', sauceId: '2' }), true)
    assert.equal(shown({ status: 'PLACED' }), false)
    assert.equal(shown({ branchId: '2' }), false)
    assert.equal(shown({ sauceId: '1' }), false)
    assert.equal(shown({ overdue: true }), false)
    assert.equal(shown({ id: '8c9d0e' }), true)
    assert.equal(shown({ id: 'ffffff' }), false)
    assert.equal(shown({}, placed + 3_600_000), true)
    assert.equal(shown({}, placed + 3_600_001), false)
  })
})
