import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { retryDelay } from './backoff.ts'

const attempt = fc.integer({ min: 1, max: 10_000 })
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

describe('the delay before the next try', () => {
  it('is never zero, and never more than the maximum', () => {
    fc.assert(
      fc.property(attempt, share, (attempt, share) => {
        const ms = retryDelay(attempt, { firstMs: 200, maxMs: 30_000, random: () => share })
        assert.ok(ms >= 100 && ms <= 30_000, String(ms))
      }),
    )
  })

  it('is reduced by at most a half at random', () => {
    fc.assert(
      fc.property(attempt, share, (attempt, share) => {
        const full = retryDelay(attempt, { random: () => 0 })
        const ms = retryDelay(attempt, { random: () => share })
        assert.ok(ms <= full && ms >= Math.floor(full / 2))
      }),
    )
  })

  it('doubles until it reaches the maximum', () => {
    const delays = [1, 2, 3, 4, 5].map((n) => retryDelay(n, { firstMs: 100, maxMs: 1000, random: () => 0 }))
    assert.deepEqual(delays, [100, 200, 400, 800, 1000])
  })
})
