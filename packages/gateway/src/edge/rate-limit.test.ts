import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openRateLimit } from './rate-limit.ts'

describe('the rate limit', () => {
  it('allows each client its number of requests, and reports when the next one is allowed', async () => {
    const limit = openRateLimit(2)
    for (const left of [1, 0]) {
      const { headers, retryAfter } = await limit('1.1.1.1')
      assert.equal(retryAfter, 0)
      assert.deepEqual(headers, {
        ratelimit: `"client";r=${left};t=60`,
        'ratelimit-policy': '"client";q=2;w=60',
      })
    }
    assert.equal((await limit('1.1.1.1')).retryAfter, 60)
    assert.equal((await limit('2.2.2.2')).retryAfter, 0)
  })

  it('starts again when the client’s minute is over', async (t) => {
    t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 0 })
    const limit = openRateLimit(1)
    await limit('1.1.1.1')
    t.mock.timers.tick(59_000)
    assert.equal((await limit('1.1.1.1')).retryAfter, 1)
    t.mock.timers.tick(1000)
    assert.equal((await limit('1.1.1.1')).retryAfter, 0)
  })

  it('counts an IPv6 /64 network as one client', async () => {
    for (const [one, other] of [
      ['2001:db8::1', '2001:db8::2'],
      ['2001:db8::1', '2001:0db8:0:0:ffff::'],
      ['::', '::1'],
      ['fe80::1%eth0', 'fe80:0:0:0:1:2:3:4'],
    ] as const) {
      const limit = openRateLimit(1)
      await limit(one)
      assert.ok((await limit(other)).retryAfter > 0, `${one} ${other}`)
      assert.equal((await limit('2001:db8:0:1::1')).retryAfter, 0)
    }
  })

  it('forgets the client that came first when there are too many', async () => {
    const limit = openRateLimit(1, 2)
    for (const client of ['a', 'b', 'c']) assert.equal((await limit(client)).retryAfter, 0)
    for (const client of ['b', 'c']) assert.ok((await limit(client)).retryAfter > 0)
    assert.equal((await limit('a')).retryAfter, 0)
  })

  it('is off at zero', async () => {
    const limit = openRateLimit(0)
    for (let i = 0; i < 3; i++) assert.deepEqual(await limit('a'), { headers: {}, retryAfter: 0 })
  })
})
