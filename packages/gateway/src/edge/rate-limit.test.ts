import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { networkOf } from './network.ts'
import { openRateLimit } from './rate-limit.ts'

describe('the rate limit', () => {
  it('allows each client its number of requests, and reports when the next one is allowed', () => {
    const limit = openRateLimit(2)
    for (const left of [1, 0]) {
      const { headers, retryAfter } = limit('1.1.1.1', 0)
      assert.equal(retryAfter, 0)
      assert.deepEqual(headers, {
        ratelimit: `"client";r=${left};t=60`,
        'ratelimit-policy': '"client";q=2;w=60',
      })
    }
    assert.equal(limit('1.1.1.1', 10_000).retryAfter, 50)
    assert.equal(limit('2.2.2.2', 10_000).retryAfter, 0)
  })

  it('allows a request again when one is a minute old', () => {
    const limit = openRateLimit(2)
    limit('1.1.1.1', 0)
    limit('1.1.1.1', 30_000)
    assert.equal(limit('1.1.1.1', 59_000).retryAfter, 1)
    const { headers, retryAfter } = limit('1.1.1.1', 60_000)
    assert.equal(retryAfter, 0)
    assert.equal(headers.ratelimit, '"client";r=0;t=30')
  })

  it('allows no more in any minute, wherever it begins', () => {
    const limit = openRateLimit(600)
    const allowed: number[] = []
    // A burst at the end of each client’s minute, and one at the beginning of the next.
    for (let now = 0; now < 300_000; now += now % 60_000 > 55_000 || now % 60_000 < 5000 ? 7 : 500)
      if (limit('a', now).retryAfter === 0) allowed.push(now)
    for (const [i, time] of allowed.entries()) {
      const next = allowed[i + 600]
      assert.ok(next === undefined || next >= time + 60_000, `601 in ${(next ?? 0) - time} ms`)
    }
    assert.ok(allowed.length > 2400, `${allowed.length} in five minutes`)
  })

  it('does not count what it refuses', () => {
    const limit = openRateLimit(1)
    limit('a', 0)
    for (let now = 1000; now < 60_000; now += 1000) assert.ok(limit('a', now).retryAfter > 0)
    assert.equal(limit('a', 60_000).retryAfter, 0)
  })

  it('counts an IPv6 /64 network as one client', () => {
    for (const [one, other] of [
      ['2001:db8::1', '2001:db8::2'],
      ['2001:db8::1', '2001:0db8:0:0:ffff::'],
      ['::', '::1'],
      ['fe80::1%eth0', 'fe80:0:0:0:1:2:3:4'],
    ] as const) {
      assert.equal(networkOf(one), networkOf(other))
      assert.notEqual(networkOf(one), networkOf('2001:db8:0:1::1'))
    }
  })

  it('forgets the client that was silent longest when there are too many', () => {
    const limit = openRateLimit(1, 'client', 2)
    for (const client of ['a', 'b', 'c']) assert.equal(limit(client).retryAfter, 0)
    for (const client of ['b', 'c']) assert.ok(limit(client).retryAfter > 0)
    assert.equal(limit('a').retryAfter, 0)
  })

  it('is off at zero', () => {
    const limit = openRateLimit(0)
    for (let i = 0; i < 3; i++) assert.deepEqual(limit('a'), { headers: {}, retryAfter: 0 })
  })
})
