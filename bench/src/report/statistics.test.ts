import assert from 'node:assert/strict'
import { it } from 'node:test'
import { growthPer, percentile, perSecond, spreadOf } from './statistics.ts'

const oneToHundred = Array.from({ length: 100 }, (_, i) => 100 - i)

it('takes a percentile by nearest rank, whatever the order of the values', () => {
  assert.deepEqual(spreadOf(oneToHundred), { p50: 50, p99: 99 })
  assert.equal(percentile(oneToHundred, 1), 100)
  assert.equal(percentile([3, 1, 2], 0.5), 2)
})

it('takes the only value for every percentile, and the least for 0', () => {
  assert.deepEqual(spreadOf([7]), { p50: 7, p99: 7 })
  assert.equal(percentile([2, 1], 0), 1)
})

it('has no percentile of nothing', () => {
  assert.ok(Number.isNaN(percentile([], 0.5)))
})

it('leaves the values as they are', () => {
  const values = [3, 1, 2]
  percentile(values, 0.5)
  assert.deepEqual(values, [3, 1, 2])
})

it('counts per second', () => {
  assert.equal(perSecond(300, 1500), 200)
})

it('tells growth per unit, of what was there before and after', () => {
  const before: Record<string, number> = { order: 100, gone: 5 }
  assert.deepEqual(growthPer(10, before, { order: 150, fresh: 5 }), { order: 5 })
})
