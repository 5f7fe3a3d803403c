import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderView } from '../testing/orders.ts'
import { textOfMoves } from './announce-moves.ts'

describe('the announcement of moves', () => {
  it('names a single order with its last status', () => {
    const moves = [
      { order: orderView('abcdefgh', 'PAID', []) },
      { order: orderView('abcdefgh', 'DELIVERED', []) },
    ]
    assert.equal(textOfMoves(moves), 'Order …cdefgh: DELIVERED')
  })

  it('counts several orders by their last status', () => {
    const moves = [
      { order: orderView('a', 'PAID', []) },
      { order: orderView('b', 'DELIVERED', []) },
      { order: orderView('a', 'DELIVERED', []) },
      { order: orderView('c', 'PLACED', []) },
    ]
    assert.equal(textOfMoves(moves), '3 orders moved: 2 DELIVERED, 1 PLACED')
  })
})
