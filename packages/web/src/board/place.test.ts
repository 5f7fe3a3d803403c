import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { qty, won } from '@saucery/contracts/fields'
import { limits, type OrderField, orderFieldNames, orderOf, sortErrors, type Typed } from './place.ts'

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
  const valid: Typed = { branchId: '1', sauceId: '1', qty: '3', price: '4000' }
  const at = (field: OrderField, detail = 'as the service tells it') => [{ pointer: `/${field}`, detail }]
  const wordsFor = (field: OrderField, text: string, code = 'invalid-input') =>
    sortErrors(at(field), code, { ...valid, [field]: text }).byField.get(field)

  it('are sorted by their fields; the others name their place', () => {
    const errors = [
      ...at('qty'),
      { pointer: '/colour', detail: 'is not known' },
      { header: 'prefer', detail: 'is too long' },
      { detail: 'is not good' },
    ]
    const { byField, others } = sortErrors(errors, 'invalid-input', { ...valid, qty: '0' })
    assert.deepEqual([...byField], [['qty', 'Must be 1 or more']])
    assert.deepEqual(others, ['/colour is not known', 'prefer is too long', 'is not good'])
  })

  for (const [field, text, words] of [
    ['qty', '', 'Required'],
    ['qty', 'many', 'Must be a whole number'],
    ['qty', '1.5', 'Must be a whole number'],
    ['qty', '1000001', 'Must be 1,000,000 or less'],
    ['price', '-1', 'Must be 0 or more'],
    ['price', String(Number.MAX_SAFE_INTEGER), 'The total is too large'],
    ['sauceId', ' ', 'Required'],
    ['branchId', 'a b', 'Must be 1 to 64 characters without spaces'],
    ['branchId', 'x'.repeat(65), 'Must be 1 to 64 characters without spaces'],
  ] as const)
    it(`tell of the ${field} ${JSON.stringify(text.slice(0, 20))}: ${words}`, () => {
      assert.equal(wordsFor(field, text), words)
    })

  it('tell a branch that it orders for itself alone', () => {
    assert.equal(wordsFor('branchId', 'another', 'not-permitted'), 'Must be your own branch')
  })

  it('are as the service tells them where the page sees no reason', () => {
    for (const field of orderFieldNames) assert.equal(wordsFor(field, '1'), 'as the service tells it')
    assert.equal(wordsFor('qty', '0', 'another-code'), 'as the service tells it')
  })

  it('has the limits of the contract', () => {
    for (const [field, schema] of [
      ['qty', qty],
      ['price', won],
    ] as const)
      assert.deepEqual(limits[field], [schema.minValue, schema.maxValue])
  })
})
