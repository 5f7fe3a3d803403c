import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { ticksTo } from './ticks.ts'

it('marks an axis at a few round values, the last of which no value exceeds', () => {
  assert.deepEqual(ticksTo(0), [0, 1])
  assert.deepEqual(ticksTo(3), [0, 1, 2, 3])
  assert.deepEqual(ticksTo(37), [0, 10, 20, 30, 40])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (largest) => {
      const ticks = ticksTo(largest)
      assert.ok(ticks.length >= 2 && ticks.length <= 6, `${ticks.length} ticks`)
      assert.ok((ticks.at(-1) ?? 0) >= largest, `${largest} is beyond ${ticks.at(-1)}`)
    }),
  )
})
