import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTrail } from './trail.ts'

describe('the trail of what a process received', () => {
  it('has the highest position of each second since it was taken last', () => {
    let now = 0
    const trail = openTrail(() => now)
    for (const [ms, sequence] of [
      [0, 1],
      [500, 3],
      [900, 2],
      [1000, 4],
      [1500, 5],
    ] as const) {
      now = ms
      trail.note(sequence, `event ${sequence}`)
    }
    const expected = [3, 5].map((sequence) => ({ sequence, id: `event ${sequence}` }))
    assert.deepEqual(trail.take(), expected)
    assert.deepEqual(trail.take(), [])
  })

  it('stays short when it is not taken for a long time', () => {
    let now = 0
    const trail = openTrail(() => now)
    for (let second = 1; second <= 10_000; second++) {
      now = second * 1000
      trail.note(second, '')
    }
    const positions = trail.take()
    assert.ok(positions.length <= 601, String(positions.length))
    assert.equal(positions.at(-1)?.sequence, 10_000)
  })
})
