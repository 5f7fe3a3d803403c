import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServiceState } from '@saucery/client/schemas'
import { fillOf, healthOf, lagLevel } from './flow-health.ts'

const consumer = { stream: 'ORDERS', durable: 'payment', pending: 20, ackPending: 3, redelivered: 0 }
const payment: ServiceState = {
  service: 'payment',
  state: 'down',
  answerMs: 1500,
  lag: { ageMs: 100, readBy: 'dashboard', consumers: [consumer] },
}

describe('the health of a service in the flow', () => {
  it('has what waits for it in each stream, with what it received and did not acknowledge', () => {
    const [health] = healthOf({ services: [payment], at: 0 }, 1000)
    assert.deepEqual(health, {
      service: 'payment',
      state: 'down',
      waiting: { ORDERS: 23 },
      deadLetters: undefined,
    })
  })

  it('is unknown once the gateway is silent, and its lag is old', () => {
    const [health] = healthOf({ services: [payment], at: 0 }, 20_000)
    assert.deepEqual([health?.state, health?.waiting], ['unknown', {}])
  })
})

describe('the lag of an edge', () => {
  it('is as bad as it takes long to make up for', () => {
    assert.equal(lagLevel(0, 0, true), 'none')
    assert.equal(lagLevel(300, 600, false), 'none')
    assert.equal(lagLevel(6000, 600, false), 'some')
    assert.equal(lagLevel(60, 0, false), 'much')
    assert.equal(lagLevel(1, 600, true), 'much')
  })

  it('fills a stream by each ten times as much as much more', () => {
    assert.deepEqual([0, 9, 99, 9999, 1_000_000].map(fillOf), [0, 0.25, 0.5, 1, 1])
  })
})
