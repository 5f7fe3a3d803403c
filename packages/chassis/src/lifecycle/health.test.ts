import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { health } from './health.ts'

async function readiness(...of: Parameters<typeof health>) {
  const response = await health(...of).request('/readyz')
  return { status: response.status, ...((await response.json()) as object) }
}

describe('the health', () => {
  it('is alive, whatever cannot be used', async () => {
    const response = await health({ database: () => false }).request('/livez')
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { alive: true })
  })

  it('is ready when everything can be used', async () => {
    const checks = { database: async () => true, broker: () => true }
    assert.deepEqual(await readiness(checks), {
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
    assert.deepEqual(await readiness(checks, {}, { limitMs: 10 }), {
      status: 503,
      ready: false,
      checks: { works: true, fails: false, throws: false, rejects: false, hangs: false },
    })
  })

  it('stays ready without what it needs to start', async () => {
    const there = { database: true, broker: false }
    const app = health({ database: () => there.database }, {}, { toStart: { broker: () => there.broker } })
    const now = async () => {
      const answer = await app.request('/readyz')
      return [answer.status, ((await answer.json()) as { checks: object }).checks]
    }
    assert.deepEqual(await now(), [503, there])
    there.broker = true
    assert.deepEqual(await now(), [200, there])
    there.broker = false
    assert.deepEqual(await now(), [200, there])
    there.database = false
    assert.deepEqual(await now(), [503, there])
  })

  it('tells details, whose trouble is not its own', async () => {
    const ready = { status: 200, ready: true, checks: {} }
    assert.deepEqual(await readiness({}, { breaker: () => 'open' }), {
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
    assert.equal((await readiness({ one, other })).status, 200)
  })
})
