import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HealthOptions, health } from './health.ts'

async function readiness(options: HealthOptions) {
  const response = await health(options).request('/readyz')
  return { status: response.status, ...((await response.json()) as object) }
}

describe('the health', () => {
  it('is alive, whatever cannot be used', async () => {
    const response = await health({ checks: { database: () => false } }).request('/livez')
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { alive: true })
  })

  it('is ready when everything can be used', async () => {
    const checks = { database: async () => true, broker: () => true }
    assert.deepEqual(await readiness({ checks }), {
      status: 200,
      ready: true,
      checks: { database: true, broker: true },
    })
  })

  it('says what cannot be used: what fails, throws or does not answer in time', async () => {
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

  it('stays ready without what it needs to start', async () => {
    const up = { database: true, broker: false }
    const app = health({ checks: { database: () => up.database }, toStart: { broker: () => up.broker } })
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

  it('tells details, whose trouble is not its own', async () => {
    const ready = { status: 200, ready: true, checks: {} }
    assert.deepEqual(await readiness({ details: { breaker: () => 'open' } }), {
      ...ready,
      details: { breaker: 'open' },
    })
  })

  it('asks all at once', async () => {
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
})
