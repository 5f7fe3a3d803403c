import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { remainingPaths } from './order-paths.ts'

const after = (...happened: string[]) =>
  remainingPaths(new Set(happened)).map(({ events, status }) => `${events.join(' ')}: ${status}`)

describe('the remaining paths of an order', () => {
  it('are those that its events leave open, the plainest first', () => {
    assert.deepEqual(after('OrderPlaced', 'PaymentApproved', 'DeliveryStarted'), [
      'DeliveryCompleted: DELIVERED',
      'DeliveryFailed PaymentRefunded: FAILED',
      'OrderCancelled DeliveryCancelled PaymentRefunded: CANCELLED',
      'OrderCancelled DeliveryFailed PaymentRefunded: FAILED',
      'OrderCancelled DeliveryCompleted CancellationRefused: DELIVERED',
    ])
  })

  it('have the events that happened and are not heard yet', () => {
    assert.deepEqual(after('PaymentRefunded', 'OrderPlaced', 'DeliveryFailed').slice(0, 1), [
      'PaymentApproved DeliveryStarted: FAILED',
    ])
  })

  it('are the same after an event that no way has', () => {
    const placed = ['OrderPlaced', 'PaymentApproved'] as const
    assert.deepEqual(after(...placed, 'PointsEarned'), after(...placed))
  })

  it('are none where everything is known', () => {
    assert.deepEqual(after('OrderPlaced', 'PaymentDeclined', 'OrderCancelled'), [])
  })
})
