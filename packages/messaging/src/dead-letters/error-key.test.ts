import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorKeyOf, storable } from './error-key.ts'

describe('the key of an error', () => {
  const same: readonly (readonly [string, string, string])[] = [
    [
      'an id',
      'OrderPlaced of order 01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e is late',
      'OrderPlaced of order 01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0f is late',
    ],
    ['a number', 'counter 17 is 2.5 over', 'counter 18 is 12 over'],
    ['a time', 'since 2026-01-31T12:00:00Z', 'since 2026-02-01T12:00:00.001+09:00'],
    ['an address', 'connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 10.2.3.4:1'],
    ['a digest', 'key 0a1b2c3d4e5f60718 is unknown', 'key ffffffff00000000aaaa1 is unknown'],
    ['white space', 'one\n  line', 'one line'],
  ]
  for (const [what, one, other] of same)
    it(`leaves out ${what}`, () => assert.equal(errorKeyOf(one), errorKeyOf(other)))

  it('tells causes apart', () => {
    assert.notEqual(errorKeyOf('OrderPlaced has no version 9'), errorKeyOf('OrderCancelled has no version 9'))
  })

  it('is a short text that a database can hold', () => {
    assert.equal(errorKeyOf('x'.repeat(5000)).length, 160)
    assert.equal(errorKeyOf('a\0b\ud800'), 'a b ')
    assert.equal(storable('a'.repeat(300)).length, 255)
    assert.equal(storable(`${'a'.repeat(254)}😀`), 'a'.repeat(254))
  })
})
