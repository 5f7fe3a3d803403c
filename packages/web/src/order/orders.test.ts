import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderView } from '../testing/orders.ts'
import { endBefore, isOverdue, mergeViews, newest, placedMs } from './orders.ts'

const ids = (orders: ReadonlyMap<string, unknown>) => [...orders.keys()]

describe('orders', () => {
  it('keep the newer view of an order, whichever comes last', () => {
    const older = orderView('a', 'PLACED', ['OrderPlaced'])
    const newer = orderView('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    for (const views of [
      [older, newer],
      [newer, older],
      [older, newer, older],
    ])
      assert.equal(mergeViews(new Map(), views).orders.get('a'), newer)
  })

  it('take the later of two views with the same events: it may be overdue by now', () => {
    const before = orderView('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    const after = { ...before, waitsFor: { events: [], since: '', overdue: true } }
    const { orders, moves } = mergeViews(new Map([['a', before]]), [after])
    assert.equal(orders.get('a'), after)
    assert.deepEqual(moves, [])
  })

  it('report those that changed their status, and those that are new', () => {
    const known = new Map([['a', orderView('a', 'PLACED', ['OrderPlaced'])]])
    const moved = orderView('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    const fresh = orderView('b', 'PLACED', ['OrderPlaced'])
    const { moves } = mergeViews(known, [moved, fresh])
    assert.deepEqual(moves, [{ order: moved, from: 'PLACED' }, { order: fresh }])
  })

  it('stay unchanged in the map that views are merged with', () => {
    const known = new Map([['a', orderView('a', 'PLACED', ['OrderPlaced'])]])
    mergeViews(known, [orderView('b', 'PLACED', ['OrderPlaced'])])
    assert.deepEqual(ids(known), ['a'])
  })

  it('are cut to the newest by id', () => {
    const known = new Map(['b', 'c', 'a'].map((id) => [id, orderView(id, 'PLACED', [])]))
    assert.deepEqual(newest(known, 2), {
      orders: new Map([
        ['b', known.get('b')],
        ['c', known.get('c')],
      ]),
      cut: true,
    })
    assert.deepEqual(newest(known, 3), { orders: known, cut: false })
  })

  it('end the page before them at the oldest, including its millisecond', () => {
    const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
    assert.equal(new Date(placedMs(id)).toISOString(), '2024-11-27T20:44:47.035Z')
    const known = new Map([
      [id, orderView(id, 'PLACED', [])],
      ['01936f5e-8a3c-7c21-9d4e-5f6a7b8c9d0e', orderView('x', 'PLACED', [])],
    ])
    assert.equal(endBefore(known), '2024-11-27T20:44:47.036Z')
    assert.equal(endBefore(new Map()), undefined)
  })

  it('become overdue by the clock, without a newer view', () => {
    const waiting = {
      ...orderView('a', 'PAID', []),
      waitsFor: { events: [], since: '', until: '2024-11-27T20:00:00.000Z', overdue: false },
    }
    const until = Date.parse(waiting.waitsFor.until)
    assert.equal(isOverdue(waiting, until), false)
    assert.equal(isOverdue(waiting, until + 1), true)
    assert.equal(isOverdue(orderView('a', 'DELIVERED', []), until + 1), false)
  })
})
