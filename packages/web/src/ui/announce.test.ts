import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { order } from '../testing/orders.ts'
import { textOf } from './announce.ts'

describe('what is announced', () => {
  it('is one order, where it is last', () => {
    const moves = [{ order: order('abcdefgh', 'PAID', []) }, { order: order('abcdefgh', 'DELIVERED', []) }]
    assert.equal(textOf(moves), 'Order …cdefgh: DELIVERED')
  })

  it('is a number of orders for each place where several are', () => {
    const moves = [
      { order: order('a', 'PAID', []) },
      { order: order('b', 'DELIVERED', []) },
      { order: order('a', 'DELIVERED', []) },
      { order: order('c', 'PLACED', []) },
    ]
    assert.equal(textOf(moves), '3 orders moved: 2 DELIVERED, 1 PLACED')
  })
})
