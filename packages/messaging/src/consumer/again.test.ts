import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DeliveryInfo } from 'nats'
import { againOf } from './again.ts'

const stored = 1_700_000_000_000

const delivered = (changed: Partial<DeliveryInfo> = {}) =>
  ({ consumer: 'counter', deliveryCount: 1, timestampNanos: stored * 1e6, ...changed }) as DeliveryInfo

describe('a message is handled', () => {
  it('for the first time when its consumer is older, or when that is not known', () => {
    assert.equal(againOf(delivered(), stored - 1), undefined)
    assert.equal(againOf(delivered()), undefined)
  })

  it('again when it is redelivered, or replayed to a younger consumer, or found by a comparison', () => {
    assert.equal(againOf(delivered({ deliveryCount: 2 }), stored - 1), 'redelivery')
    assert.equal(againOf(delivered(), stored + 1), 'replay')
    assert.equal(againOf(delivered({ consumer: '' }), stored - 1), 'comparison')
  })
})
