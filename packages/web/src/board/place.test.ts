import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderOf, sortErrors } from './place.ts'

describe('an order from the form', () => {
  it('has numbers as numbers, and ids as they were typed', () => {
    assert.deepEqual(orderOf({ branchId: '1', sauceId: '01', qty: '3', price: '4000' }), {
      branchId: '1',
      sauceId: '01',
      qty: 3,
      price: 4000,
    })
  })

  it('keeps invalid input as it was typed', () => {
    assert.deepEqual(orderOf({ branchId: '', sauceId: 'a b', qty: 'many', price: '-1.5' }), {
      sauceId: 'a b',
      qty: 'many',
      price: -1.5,
    })
    assert.deepEqual(orderOf({ branchId: '1', sauceId: '1', qty: 'Infinity', price: ' ' }).qty, 'Infinity')
  })
})

describe('errors', () => {
  it('are sorted by their fields; the others name their place', () => {
    const { byField, others } = sortErrors([
      { pointer: '/qty', detail: 'must be at least 1' },
      { pointer: '/qty', detail: 'must be whole' },
      { pointer: '/colour', detail: 'is not known' },
      { header: 'prefer', detail: 'is too long' },
      { detail: 'is not good' },
    ])
    assert.deepEqual([...byField], [['qty', 'must be at least 1; must be whole']])
    assert.deepEqual(others, ['/colour is not known', 'prefer is too long', 'is not good'])
  })
})
