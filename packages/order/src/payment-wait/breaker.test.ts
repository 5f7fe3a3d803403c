import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { ProblemError } from '@saucery/chassis/http/problem'
import { readSettings } from '@saucery/chassis/settings/settings'
import type { Log } from '@saucery/chassis/telemetry/log'
import { eventKeySettings } from '@saucery/chassis/testing/keys'
import { eventually } from '@saucery/messaging/testing/eventually'
import { Registry } from 'prom-client'
import { orderSettings } from '../settings.ts'
import { openBreaker } from './breaker.ts'

const quick = {
  PORT: '0',
  MANAGEMENT_PORT: '0',
  HOST: '127.0.0.1',
  AUTH: 'off',
  NATS_URL: 'x',
  POSTGRES_URL: 'postgres://x',
  ...eventKeySettings,
  PAYMENT_BREAKER_TIMEOUT_MS: '500',
  PAYMENT_BREAKER_VOLUME: '4',
  PAYMENT_BREAKER_RESET_MS: '100',
}

function testBreaker() {
  const lines: unknown[] = []
  const note = ({ state }: { state: string }) => void lines.push(state)
  const log = { info: note, warn: note } as unknown as Log
  const metrics = new Registry()
  const breaker = openBreaker({ settings: readSettings(orderSettings, quick), metrics, log })
  let calls = 0
  const call = (run: () => Promise<boolean>) => () => {
    calls += 1
    return run()
  }
  async function guard(call: () => Promise<boolean>): Promise<boolean> {
    const { refusal, end } = breaker.admit()
    if (refusal) throw refusal
    try {
      const isInTime = await call()
      end(isInTime ? 'in-time' : 'late')
      return isInTime
    } catch (error) {
      end('error')
      throw error
    } finally {
      // The circuit counts in a later microtask.
      await setImmediate()
    }
  }
  const inTime = () => guard(call(async () => true))
  const late = () => guard(call(async () => false))
  const failing = () => guard(call(() => Promise.reject(new Error('database away')))).catch(String)
  return {
    state: breaker.state,
    guard,
    call,
    inTime,
    late,
    failing,
    lines,
    metrics,
    calls: () => calls,
    async opened() {
      for (let i = 0; i < 4; i++) await late()
      assert.equal(breaker.state(), 'open')
    },
    halfOpened: () => eventually(() => assert.equal(breaker.state(), 'half-open')),
  }
}

const isUnavailable = (error: unknown) =>
  error instanceof ProblemError &&
  error.problem.code === 'payment-unavailable' &&
  error.headers['retry-after'] === '1'

describe('the breaker', () => {
  it('opens when more than the percentage is late, but not on too few requests', async () => {
    const { late, inTime, state } = testBreaker()
    for (const call of [inTime, late, late]) await call()
    assert.equal(state(), 'closed')
    await late()
    assert.equal(state(), 'open')
  })

  it('stays closed while no more than the percentage is late', async () => {
    const { late, inTime, state } = testBreaker()
    for (let i = 0; i < 10; i++) {
      await inTime()
      await late()
    }
    assert.equal(state(), 'closed')
  })

  it('admits nothing while it is open, and says when to retry', async () => {
    const { opened, inTime, calls } = testBreaker()
    await opened()
    await assert.rejects(inTime(), isUnavailable)
    assert.equal(calls(), 4)
  })

  it('lets exactly one request through after the reset time, and closes when that is in time', async () => {
    const { opened, halfOpened, inTime, call, guard, calls, state } = testBreaker()
    await opened()
    await halfOpened()
    let answer = (_: boolean) => {}
    const first = guard(call(() => new Promise<boolean>((resolve) => (answer = resolve))))
    for (let i = 0; i < 20; i++) await assert.rejects(inTime(), isUnavailable)
    assert.equal(calls(), 5)
    answer(true)
    assert.equal(await first, true)
    assert.equal(state(), 'closed')
    assert.equal(await inTime(), true)
  })

  it('opens again when that request is late', async () => {
    const { opened, halfOpened, late, state } = testBreaker()
    await opened()
    await halfOpened()
    assert.equal(await late(), false)
    assert.equal(state(), 'open')
  })

  it('counts a request as late after the timeout, and lets it go on', async () => {
    const { opened, halfOpened, guard, state } = testBreaker()
    await opened()
    await halfOpened()
    let answer = (_: boolean) => {}
    const slow = guard(() => new Promise<boolean>((resolve) => (answer = resolve)))
    await eventually(() => assert.equal(state(), 'open'))
    answer(true)
    assert.equal(await slow, true)
  })

  it('neither opens nor closes for an error of the order service', async () => {
    const closed = testBreaker()
    for (let i = 0; i < 20; i++) assert.equal(await closed.failing(), 'Error: database away')
    assert.equal(closed.state(), 'closed')
    const { opened, halfOpened, failing, state } = testBreaker()
    await opened()
    await halfOpened()
    assert.equal(await failing(), 'Error: database away')
    assert.equal(state(), 'open')
  })

  it('shows its state and its requests in metrics, and logs each change', async () => {
    const { opened, halfOpened, inTime, lines, metrics } = testBreaker()
    await opened()
    await assert.rejects(inTime())
    const told = await metrics.metrics()
    for (const line of [
      'payment_breaker_state{state="open"} 1',
      'payment_breaker_state{state="closed"} 0',
      'payment_breaker_calls_total{outcome="late"} 4',
      'payment_breaker_calls_total{outcome="rejected"} 1',
    ])
      assert.ok(told.includes(`${line}\n`), line)
    await halfOpened()
    await inTime()
    assert.deepEqual(lines, ['open', 'half-open', 'closed'])
  })
})
