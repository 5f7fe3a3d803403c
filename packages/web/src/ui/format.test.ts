import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { age, duration, formatWon, fromNow } from './format.ts'

describe('durations', () => {
  it('have one or two units, coarser the longer they are', () => {
    const texts = [0, 12, 999, 1_250, 12_900, 61_000, 3_600_000, 5_400_000, 90_000_000, -5].map(duration)
    assert.deepEqual(texts, [
      '0 ms',
      '12 ms',
      '999 ms',
      '1.2 s',
      '12 s',
      '1 min 1 s',
      '1 h',
      '1 h 30 min',
      '1 d 1 h',
      '−5 ms',
    ])
  })

  it('have one unit where they are an age', () => {
    assert.deepEqual([500, 59_999, 60_000, 7_300_000, 200_000_000].map(age), [
      'now',
      '59 s',
      '1 min',
      '2 h',
      '2 d',
    ])
  })

  it('are counted from now, forwards and backwards', () => {
    const now = Date.parse('2026-01-31T12:00:00Z')
    assert.equal(fromNow('2026-01-31T12:00:09.900Z', now), 'in 9 s')
    assert.equal(fromNow('2026-01-31T11:58:30Z', now), '1 min 30 s ago')
  })
})

describe('amounts', () => {
  it('are whole won', () => assert.equal(formatWon(1_234_500), '₩1,234,500'))
})
