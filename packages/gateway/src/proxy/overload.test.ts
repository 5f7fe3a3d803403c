import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readProblem } from '@saucery/chassis/testing/http'
import { eventually } from '@saucery/messaging/testing/eventually'
import { startGateway, startUpstream } from '../testing/gateway.ts'

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

describe('a service with more requests than it can answer', () => {
  it('gets those of a modest client, while a greedy one is refused at once', {
    timeout: 60_000,
  }, async () => {
    // The gateway refuses a request that has waited for 500 ms. A machine may stand still for as long: then again.
    let modest = await askBesideGreedy()
    while (modest.status !== 200 && modest.waitedMs > 400) modest = await askBesideGreedy()
    assert.equal(modest.status, 200)
  })

  async function askBesideGreedy() {
    const held: (() => void)[] = []
    await using order = await startUpstream((_, response) => {
      held.push(() => response.end('fine'))
    })
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      UPSTREAM_CONNECTIONS: '4',
      TRUSTED_PROXIES: '1',
    })
    const ask = (address: string) => fetch(`${gateway.url}/orders`, from(address))
    const greedy = Array.from({ length: 6 }, () => ask('1.1.1.1'))
    await eventually(() => assert.equal(held.length, 4))
    await sleep(300)

    const refused = await ask('1.1.1.1')
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.deepEqual(await readProblem(refused), { status: 503, code: 'upstream-overloaded', places: [] })

    const since = performance.now()
    const asked = ask('2.2.2.2')
    // Sent, and so queued, before a place is free.
    await sleep(50)
    held.shift()?.()
    const waitedMs = performance.now() - since
    // The newest one that is held is theirs, and nobody else's: else it would be waited for in vain.
    await Promise.race([asked, eventually(() => assert.equal(held.length, 4))])
    held.pop()?.()
    const { status } = await asked
    const answering = setInterval(() => held.shift()?.(), 5)
    await Promise.all(greedy)
    clearInterval(answering)
    return { status, waitedMs }
  }

  it('is asked no more than it answers in time, and all again when it is quick', {
    timeout: 30_000,
  }, async () => {
    // One request after another: 50 in a second.
    let busyUntil = 0
    let each = 20
    await using order = await startUpstream((_, response) => {
      busyUntil = Math.max(busyUntil, performance.now()) + each
      setTimeout(() => response.end('fine'), busyUntil - performance.now())
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const took: number[] = []
    let refusals = 0
    const ask = async () => {
      const began = performance.now()
      const { status } = await fetch(`${gateway.url}/orders`)
      if (status === 200) took.push(performance.now() - began)
      else refusals++
    }
    const until = performance.now() + 5000
    const asked: Promise<void>[] = []
    // Ten times as many.
    while (performance.now() < until) {
      asked.push(ask())
      await sleep(2)
    }
    await Promise.all(asked)
    const late = took.slice(-100).sort((a, b) => a - b)
    assert.ok(took.length > 50, `${took.length} answers`)
    assert.ok(refusals > 50, `${refusals} refusals`)
    assert.ok(Number(late.at(-1)) < 2000, `${late.at(-1)} ms`)
    each = 0
    busyUntil = 0
    refusals = 0
    for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 20 }, ask))
    assert.equal(refusals, 0)
  })
})

describe('a service that cannot be reached', () => {
  it('is named in a 502 with `Retry-After`', async () => {
    await using gateway = await startGateway({})
    const answer = await fetch(`${gateway.url}/orders`)
    assert.equal(answer.status, 502)
    assert.equal(answer.headers.get('retry-after'), '1')
  })
})
