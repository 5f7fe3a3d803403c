import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderOf, sortErrors } from './place.ts'

describe('an order that is typed', () => {
  it('is sent with numbers, and ids as they are', () => {
    assert.deepEqual(orderOf({ branchId: '1', sauceId: '01', qty: '3', price: '4000' }), {
      branchId: '1',
      sauceId: '01',
      qty: 3,
      price: 4000,
    })
  })

  it('is sent when it is bad too, as it was typed', () => {
    assert.deepEqual(orderOf({ branchId: '', sauceId: 'a b', qty: 'many', price: '-1.5' }), {
      sauceId: 'a b',
      qty: 'many',
      price: -1.5,
    })
    assert.deepEqual(orderOf({ branchId: '1', sauceId: '1', qty: 'Infinity', price: ' ' }).qty, 'Infinity')
  })
})

describe('errors', () => {
  it('are at their fields, and beside them where they have none', () => {
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
