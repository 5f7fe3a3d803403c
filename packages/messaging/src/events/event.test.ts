import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { raised } from '../testing/counters.ts'
import { firstIdAt, keyOf, stamp } from './event.ts'

const cause = { id: 'why', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }

describe('an event', () => {
  it('is the fact with an id, a time and a cause', () => {
    const event = stamp(raised('k'), cause, new Date('2024-02-29T12:00:00.123Z'))
    const { id, traceparent, ...rest } = event
    assert.deepEqual(rest, { ...raised('k'), time: '2024-02-29T12:00:00.123Z', causationId: 'why' })
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(traceparent, cause.traceparent)
  })

  it('has an id between the first of its millisecond and the first of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), (ms) => {
        const { id } = stamp(raised('k'), cause, new Date(ms))
        assert.ok(firstIdAt(ms) <= id && id < firstIdAt(ms + 1))
      }),
    )
  })

  it('belongs to the last token of its subject', () => {
    assert.equal(keyOf('counters.raised.k-1'), 'k-1')
    assert.equal(keyOf('k'), 'k')
  })
})
