import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HealthOptions, health } from './health.ts'

async function readiness(options: HealthOptions) {
  const response = await health(options).request('/readyz')
  return { status: response.status, ...((await response.json()) as object) }
}

describe('the health', () => {
  it('is alive, whatever check fails', async () => {
    const response = await health({ checks: { database: () => false } }).request('/livez')
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { alive: true })
  })

  it('is ready when every check holds', async () => {
    const checks = { database: async () => true, broker: () => true }
    assert.deepEqual(await readiness({ checks }), {
      status: 200,
      ready: true,
      checks: { database: true, broker: true },
    })
  })

  it('names the checks that fail, throw, or do not answer in time', async () => {
    const checks = {
      works: () => true,
      fails: () => false,
      throws: () => {
        throw new Error('no')
      },
      rejects: () => Promise.reject(new Error('no')),
      hangs: () => new Promise<boolean>(() => {}),
    }
    assert.deepEqual(await readiness({ checks, limitMs: 10 }), {
      status: 503,
      ready: false,
      checks: { works: true, fails: false, throws: false, rejects: false, hangs: false },
    })
  })

  it('stays ready without what it needs only to start', async () => {
    const up = { database: true, broker: false }
    const app = health({
      checks: { database: () => up.database },
      toStart: { broker: () => up.broker },
      keepMs: 0,
    })
    const now = async () => {
      const answer = await app.request('/readyz')
      return [answer.status, ((await answer.json()) as { checks: object }).checks]
    }
    assert.deepEqual(await now(), [503, up])
    up.broker = true
    assert.deepEqual(await now(), [200, up])
    up.broker = false
    assert.deepEqual(await now(), [200, up])
    up.database = false
    assert.deepEqual(await now(), [503, up])
  })

  it('shows details that do not decide whether it is ready', async () => {
    const ready = { status: 200, ready: true, checks: {} }
    assert.deepEqual(await readiness({ details: { breaker: () => 'open' } }), {
      ...ready,
      details: { breaker: 'open' },
    })
  })

  it('runs all checks at once', async () => {
    let answer = (_: boolean) => {}
    const both = new Promise<boolean>((resolve) => {
      answer = resolve
    })
    const one = () => both
    const other = () => {
      answer(true)
      return true
    }
    assert.equal((await readiness({ checks: { one, other } })).status, 200)
  })

  it('runs the checks once for all callers at the same time, and once a second', async () => {
    let runs = 0
    const app = health({ checks: { database: async () => ++runs > 0 } })
    const flood = () => Promise.all(Array.from({ length: 100 }, () => app.request('/readyz')))
    for (const { status } of [...(await flood()), ...(await flood())]) assert.equal(status, 200)
    assert.equal(runs, 1)
  })

  it('notices at once when it becomes ready the first time', async () => {
    let isUp = false
    const app = health({ checks: { database: () => isUp } })
    assert.equal((await app.request('/readyz')).status, 503)
    isUp = true
    assert.equal((await app.request('/readyz')).status, 200)
  })
})
