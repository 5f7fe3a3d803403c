import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { patienceMs, splitMissed } from './missed.ts'

const at = (sequence: number) => ({ id: `event ${sequence}`, sequence })
const inStep = { ackFloor: 5, isAhead: false }

describe('a delivered message without an effect', () => {
  it('is missed if it counts as acknowledged', () => {
    const { missed, suspects } = splitMissed([at(5), at(6)], inStep, new Map(), 0)
    assert.deepEqual([missed, suspects], [[at(5)], [at(6)]])
  })

  it('is missed if it stays in flight for longer than any replica would need', () => {
    const suspectedSince = new Map<string, number>()
    assert.deepEqual(splitMissed([at(6)], inStep, suspectedSince, 1000).missed, [])
    assert.deepEqual(splitMissed([at(6)], inStep, suspectedSince, 999 + patienceMs).missed, [])
    assert.deepEqual(splitMissed([at(6)], inStep, suspectedSince, 1000 + patienceMs).missed, [at(6)])
  })

  it('is missed if its consumer stands beyond the end of the stream', () => {
    const ahead = { ackFloor: 5, isAhead: true }
    assert.deepEqual(splitMissed([at(6)], ahead, new Map(), 0).missed, [at(6)])
  })
})
