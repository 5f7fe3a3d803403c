import assert from 'node:assert/strict'
import { after, beforeEach, describe, it, mock } from 'node:test'
import type { Caller } from '@saucery/contracts/access/scope'
import { openTokenCache } from './token-cache.ts'

const [first, second, third] = ['kim', 'lee', 'park'].map((subject): Caller => ({ subject, role: 'courier' }))
assert.ok(first && second && third)

/** Sets the wall clock. */
function setTime(ms: number): void {
  mock.timers.reset()
  mock.timers.enable({ apis: ['Date'], now: ms })
}

describe('a token cache', () => {
  beforeEach(() => setTime(1))
  after(() => mock.timers.reset())

  it('keeps an entry until its time, and not at it', () => {
    const cache = openTokenCache()
    cache.set('a', first, 1000)
    setTime(999)
    assert.equal(cache.get('a'), first)
    setTime(1000)
    assert.equal(cache.get('a'), undefined)
    setTime(999)
    assert.equal(cache.get('a'), undefined)
  })

  it('keeps an entry no longer when the clock is set back', () => {
    let passed = 1
    const cache = openTokenCache(1, () => passed)
    setTime(3_600_000)
    cache.set('a', first, 3_601_000)
    setTime(1)
    passed += 999
    assert.equal(cache.get('a'), first)
    passed += 2
    assert.equal(cache.get('a'), undefined)
  })

  it('keeps nothing whose time has passed', () => {
    const cache = openTokenCache()
    for (const until of [0, 1, 2]) cache.set('a', first, until)
    setTime(100_000)
    assert.equal(cache.get('a'), undefined)
  })

  it('drops the least recently used entry when it is full', () => {
    const cache = openTokenCache(2)
    cache.set('a', first, 1000)
    cache.set('b', second, 1000)
    cache.get('a')
    cache.set('c', third, 1000)
    assert.deepEqual(
      ['a', 'b', 'c'].map((token) => cache.get(token)),
      [first, undefined, third],
    )
  })

  it('keeps the last entry of a token', () => {
    const cache = openTokenCache(2)
    cache.set('a', first, 1000)
    cache.set('a', second, 2000)
    setTime(1500)
    assert.equal(cache.get('a'), second)
  })
})
