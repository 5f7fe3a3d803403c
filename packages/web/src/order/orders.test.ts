import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { order } from '../testing/orders.ts'
import { endBefore, isOverdue, joined, newest, placedMs } from './orders.ts'

const ids = (orders: ReadonlyMap<string, unknown>) => [...orders.keys()]

describe('orders', () => {
  it('keep the newer view of one, whichever comes last', () => {
    const older = order('a', 'PLACED', ['OrderPlaced'])
    const newer = order('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    for (const heard of [
      [older, newer],
      [newer, older],
      [older, newer, older],
    ])
      assert.equal(joined(new Map(), heard).orders.get('a'), newer)
  })

  it('take an answer to the same events that is newer, for it knows what time it is', () => {
    const before = order('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    const after = { ...before, waitsFor: { events: [], since: '', overdue: true } }
    const { orders, moves } = joined(new Map([['a', before]]), [after])
    assert.equal(orders.get('a'), after)
    assert.deepEqual(moves, [])
  })

  it('tell which moved, from where, and which are new', () => {
    const known = new Map([['a', order('a', 'PLACED', ['OrderPlaced'])]])
    const moved = order('a', 'PAID', ['OrderPlaced', 'PaymentApproved'])
    const fresh = order('b', 'PLACED', ['OrderPlaced'])
    const { moves } = joined(known, [moved, fresh])
    assert.deepEqual(moves, [{ order: moved, from: 'PLACED' }, { order: fresh }])
  })

  it('are not changed by what is joined to them', () => {
    const known = new Map([['a', order('a', 'PLACED', ['OrderPlaced'])]])
    joined(known, [order('b', 'PLACED', ['OrderPlaced'])])
    assert.deepEqual(ids(known), ['a'])
  })

  it('are cut to the newest by id', () => {
    const known = new Map(['b', 'c', 'a'].map((id) => [id, order(id, 'PLACED', [])]))
    assert.deepEqual(newest(known, 2), {
      orders: new Map([
        ['b', known.get('b')],
        ['c', known.get('c')],
      ]),
      cut: true,
    })
    assert.deepEqual(newest(known, 3), { orders: known, cut: false })
  })

  it('say by the oldest where the page before them ends, with its millisecond', () => {
    const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
    assert.equal(new Date(placedMs(id)).toISOString(), '2024-11-27T20:44:47.035Z')
    const known = new Map([
      [id, order(id, 'PLACED', [])],
      ['01936f5e-8a3c-7c21-9d4e-5f6a7b8c9d0e', order('x', 'PLACED', [])],
    ])
    assert.equal(endBefore(known), '2024-11-27T20:44:47.036Z')
    assert.equal(endBefore(new Map()), undefined)
  })

  it('become overdue by the clock, not only when heard of again', () => {
    const waiting = {
      ...order('a', 'PAID', []),
      waitsFor: { events: [], since: '', until: '2024-11-27T20:00:00.000Z', overdue: false },
    }
    const until = Date.parse(waiting.waitsFor.until)
    assert.equal(isOverdue(waiting, until), false)
    assert.equal(isOverdue(waiting, until + 1), true)
    assert.equal(isOverdue(order('a', 'DELIVERED', []), until + 1), false)
  })
})
