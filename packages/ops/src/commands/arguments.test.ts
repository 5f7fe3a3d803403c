import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UsageError } from '../connect/exit-codes.ts'
import { mixOf, secondsOf } from './drills.ts'
import { filterFrom } from './filter.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

describe('what is given on the command line', () => {
  it('chooses letters by what they are, and by time or age', () => {
    const filter = filterFrom(
      { event: 'OrderPlaced', order: 'an-order', from: '2h', to: '2026-03-01T11:00:00Z' },
      now,
    )
    assert.deepEqual(filter, {
      event: 'OrderPlaced',
      orderId: 'an-order',
      from: '2026-03-01T10:00:00.000Z',
      to: '2026-03-01T11:00:00.000Z',
    })
    assert.deepEqual(filterFrom({}, now), {})
    for (const from of ['yesterday', '2', '2w', ''])
      assert.throws(() => filterFrom({ from }, now), UsageError)
  })

  it('is a time in seconds or minutes', () => {
    assert.deepEqual(['30s', '30', '2m'].map(secondsOf), [30, 30, 120])
    for (const text of ['', '2h', '-1s', '1.5s']) assert.throws(() => secondsOf(text), UsageError)
  })

  it('is a mix of ways', () => {
    assert.deepEqual(mixOf('delivered=8, failed=1'), { delivered: 8, failed: 1 })
    for (const text of ['delivered', 'lost=1', 'failed=x', '']) assert.throws(() => mixOf(text), UsageError)
  })
})
