import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outlived, type ProjectionRecord, servedBy } from './projection-registry.ts'

const minute = 60_000
const at = (minutes: number) => new Date(minutes * minute)

const projection = (
  _id: number,
  state: ProjectionRecord['state'],
  times: Partial<ProjectionRecord> = {},
): ProjectionRecord => ({
  _id,
  state,
  begunAt: at(0),
  ...times,
})

describe('a process of version 2', () => {
  for (const [states, served] of [
    ['', 2],
    ['2 building', 2],
    ['1 ready, 2 building', 1],
    ['1 ready, 2 ready, 3 ready', 2],
    ['1 building, 2 building', 2],
    // Somebody has gone back to 2.
    ['3 ready', 3],
    ['2 dropping, 4 ready, 3 ready', 3],
    ['1 ready, 2 building, 3 ready', 1],
  ] as const)
    it(`reads version ${served} where there is ${states || 'none'}`, () => {
      const all = states.split(', ').flatMap((told) => {
        const [id, state] = told.split(' ')
        return state ? [projection(Number(id), state as ProjectionRecord['state'])] : []
      })
      assert.equal(servedBy(2, all), served)
    })
})

describe('an older version', () => {
  const ready = projection(2, 'ready', { readyAt: at(10) })
  const droppedAt = (minutes: number, ...all: ProjectionRecord[]) =>
    outlived(2, all, 5 * minute, minutes * minute).map(({ _id }) => _id)

  it('goes when the newer one has been ready, and nobody has used the older one, for so long', () => {
    const used = projection(1, 'ready', { usedAt: at(12) })
    assert.deepEqual(droppedAt(14, used, ready), [])
    assert.deepEqual(droppedAt(16, used, ready), [])
    assert.deepEqual(droppedAt(17, used, ready), [1])
    assert.deepEqual(droppedAt(14, projection(1, 'ready'), ready), [])
  })

  it('goes, too, if it was never complete, or its removal was cut off', () => {
    assert.deepEqual(droppedAt(15, projection(0, 'building'), projection(1, 'dropping'), ready), [0, 1])
  })

  it('stays while the newer one is not ready, and a later version always', () => {
    assert.deepEqual(droppedAt(99, projection(1, 'ready'), projection(2, 'building')), [])
    assert.deepEqual(droppedAt(99, ready, projection(3, 'ready')), [])
  })
})
