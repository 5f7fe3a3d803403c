import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findingsTable, isKept, promised, reported, tally } from './finding.ts'

describe('findings', () => {
  it('are a table with a word for each promise', () => {
    assert.equal(
      findingsTable([reported('orders', 300), promised('lost', 0, true), promised('failed', 12, false)]),
      [
        '|        | found | promise |',
        '| ------ | ----- | ------- |',
        '| orders | 300   |         |',
        '| lost   | 0     | kept    |',
        '| failed | 12    | BROKEN  |',
        '',
      ].join('\n'),
    )
  })

  it('keep the promise as long as none breaks it', () => {
    assert.equal(isKept([reported('orders', 1), promised('lost', 0, true)]), true)
    assert.equal(isKept([promised('lost', 1, false), promised('failed', 0, true)]), false)
  })

  it('count what there is', () => {
    assert.equal(tally({ DELIVERED: 3, PAID: 0, FAILED: 1 }), '3 DELIVERED, 1 FAILED')
    assert.equal(tally({ 201: 300, 503: 5 }, ' × '), '300 × 201, 5 × 503')
  })
})
