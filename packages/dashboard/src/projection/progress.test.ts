import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { progressOf } from './progress.ts'

/** A consumer that received messages up to `delivered` and acknowledged those up to `acked`. */
const consumer = (delivered: number, acked: number, pending: number) => ({
  num_pending: pending,
  num_ack_pending: delivered - acked,
  delivered: { stream_seq: delivered, consumer_seq: delivered, last_active: 0 },
  ack_floor: { stream_seq: acked, consumer_seq: acked, last_active: 0 },
})

describe('the progress of consumers', () => {
  it('counts over all streams', () => {
    const { handled, remaining, isCaughtUp } = progressOf([consumer(10, 4, 90), consumer(5, 5, 0)], [])
    assert.deepEqual([handled, remaining, isCaughtUp], [9, 96, false])
  })

  it('is not caught up where a consumer is missing', () => {
    assert.equal(progressOf([consumer(5, 5, 0), undefined], []).isCaughtUp, false)
  })

  it('is caught up when nothing is left', () => {
    assert.equal(progressOf([consumer(5, 5, 0), consumer(0, 0, 0)], []).isCaughtUp, true)
  })

  it('is caught up under load when all that was in flight at the target is acknowledged', () => {
    const first = progressOf([consumer(50, 20, 0)], [])
    assert.deepEqual([first.isCaughtUp, first.targets], [false, [50]])
    const later = progressOf([consumer(70, 49, 3)], first.targets)
    assert.deepEqual([later.isCaughtUp, later.targets], [false, [50]])
    assert.equal(progressOf([consumer(80, 50, 3)], later.targets).isCaughtUp, true)
  })

  it('is not caught up at the target while more than a few events wait', () => {
    assert.equal(progressOf([consumer(80, 60, 101)], [50]).isCaughtUp, false)
    assert.equal(progressOf([consumer(80, 60, 100)], [50]).isCaughtUp, true)
  })
})
