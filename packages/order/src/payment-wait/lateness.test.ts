import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openLateness } from './lateness.ts'

describe('payments', () => {
  const settings = { PAYMENT_BREAKER_TIMEOUT_MS: 100, PAYMENT_BREAKER_VOLUME: 3 }

  it('are late after some late waits in a row, until one ends with a decision', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lateness = openLateness(settings)
    const waits = Array.from({ length: 11 }, () => lateness.begin())
    t.mock.timers.tick(99)
    assert.equal(lateness.isLate(), false)
    t.mock.timers.tick(1)
    assert.equal(lateness.isLate(), true)
    waits[0]?.(false)
    assert.equal(lateness.isLate(), true)
    waits[1]?.(true)
    assert.equal(lateness.isLate(), false)
    for (const end of waits) end(false)
  })

  it('are tried by a few waits while they are late', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lateness = openLateness(settings)
    const end = Array.from({ length: 10 }, () => lateness.begin())[0]
    t.mock.timers.tick(100)
    assert.equal(lateness.isLate(), true)
    end?.(false)
    assert.equal(lateness.isLate(), false)
    lateness.begin()
    assert.equal(lateness.isLate(), true)
  })

  it('are not late when waits end early without a decision', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lateness = openLateness(settings)
    for (let i = 0; i < 20; i++) lateness.begin()(false)
    t.mock.timers.tick(100)
    for (let i = 0; i < 10; i++) lateness.begin()
    assert.equal(lateness.isLate(), false)
  })
})
