import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ProjectionRecord } from '../store/projection-registry.ts'
import { nextStep, type ProjectionView, servedBy } from './next-step.ts'

const minute = 60_000
const at = (minutes: number) => new Date(minutes * minute)

const record = (
  _id: number,
  state: ProjectionRecord['state'],
  times: Partial<ProjectionRecord> = {},
): ProjectionRecord => ({ _id, state, begunAt: at(0), ...times })

/** Records such as `1 ready, 2 building`. */
const recordsOf = (states: string): ProjectionRecord[] =>
  states.split(', ').flatMap((text) => {
    const [id, state] = text.split(' ')
    return state ? [record(Number(id), state as ProjectionRecord['state'])] : []
  })

const caughtUp = { isStarted: true, isCaughtUp: true }

/** The next step of a process of version 2, which serves version 1 and marks its use once an hour by default. */
const stepFor = (
  records: readonly ProjectionRecord[],
  consumers: Pick<ProjectionView, 'isStarted' | 'isCaughtUp'> = caughtUp,
  now = 0,
  more: Partial<ProjectionView> = {},
) =>
  nextStep(
    {
      version: 2,
      served: 1,
      records,
      ...consumers,
      markUsedEveryMs: 60 * minute,
      keepMs: 5 * minute,
      ...more,
    },
    now * minute,
  )

describe('the next step of a projection', () => {
  it('is to build a version that is new, whose database was lost, or whose removal began', () => {
    for (const states of ['', '1 ready', '1 ready, 2 dropping'])
      assert.deepEqual(stepFor(recordsOf(states)), { name: 'build' }, states)
  })

  it('is to mark the version as used before anything else, so that no newer one removes it', () => {
    const step = (usedAt: number) =>
      stepFor([record(2, 'building', { usedAt: at(usedAt) })], caughtUp, 60, { served: 2 }).name
    assert.equal(step(0), 'mark-used')
    assert.equal(step(1), 'mark-ready')
  })

  it('is not to mark it as used when another replica just did', () => {
    const [other, own] = [record(2, 'ready', { usedAt: at(59) }), record(2, 'ready')]
    assert.equal(stepFor([other], caughtUp, 60, { served: 2 }).name, 'keep-up')
    assert.equal(stepFor([own], caughtUp, 60, { served: 2 }).name, 'mark-used')
  })

  it('is to correct times of any version that are in the future, because a clock was set back', () => {
    const step = (...records: ProjectionRecord[]) => stepFor(records, caughtUp, 60, { served: 2 })
    const ready = record(2, 'ready', { usedAt: at(60), readyAt: at(61) })
    const times = [
      { usedAt: at(62) },
      { readyAt: at(62), usedAt: at(60) },
      { begunAt: at(62), usedAt: at(60) },
    ]
    for (const record of times.map((time) => ({ ...ready, ...time })))
      assert.deepEqual(step(record), { name: 'date-again', record })
    const old = record(1, 'ready', { usedAt: at(62) })
    assert.deepEqual(step(old, ready), { name: 'date-again', record: old })
    assert.equal(step(ready).name, 'keep-up')
  })

  it('is to consume, whichever replica began the version', () => {
    for (const state of ['building', 'ready'] as const)
      assert.deepEqual(stepFor([record(2, state)], { isStarted: false, isCaughtUp: true }), {
        name: 'consume',
      })
  })

  it('is to catch up while its consumers have not', () => {
    const behind = { isStarted: true, isCaughtUp: false }
    assert.deepEqual(stepFor(recordsOf('1 ready, 2 building'), behind), { name: 'catch-up' })
    assert.deepEqual(stepFor(recordsOf('1 ready, 2 ready'), behind, 0, { served: 2 }), { name: 'keep-up' })
  })

  it('is to mark the version as ready when its consumers have caught up', () => {
    assert.deepEqual(stepFor(recordsOf('1 ready, 2 building')), { name: 'mark-ready' })
  })

  it('is to swap in the version when it is ready, whichever replica marked it', () => {
    const behind = { isStarted: true, isCaughtUp: false }
    for (const consumers of [caughtUp, behind])
      assert.deepEqual(stepFor(recordsOf('1 ready, 2 ready'), consumers), { name: 'serve', version: 2 })
  })

  it('is to go back to an older version when its own is lost and begun again', () => {
    const behind = { isStarted: true, isCaughtUp: false }
    const step = stepFor(recordsOf('1 ready, 2 building'), behind, 0, { served: 2 })
    assert.deepEqual(step, { name: 'serve', version: 1 })
  })

  it('is to serve a newer version while an older one, which was rolled back to, is built again', () => {
    const behind = { isStarted: true, isCaughtUp: false }
    const step = (served: number) =>
      stepFor(recordsOf('1 building, 2 ready'), behind, 0, { version: 1, served })
    assert.deepEqual(step(1), { name: 'serve', version: 2 })
    assert.deepEqual(step(2), { name: 'catch-up' })
  })

  it('is to keep up when a rolled-back version is ready, and never to drop a newer one', () => {
    const records = [record(1, 'ready', { readyAt: at(0) }), record(2, 'ready', { readyAt: at(0) })]
    assert.deepEqual(stepFor(records, caughtUp, 59, { version: 1 }), { name: 'keep-up' })
  })

  it('is to drop outlived versions one after another, and then to keep up', () => {
    const own = record(2, 'ready', { readyAt: at(10) })
    const old = [record(0, 'ready'), record(1, 'ready')]
    const step = (...records: ProjectionRecord[]) => stepFor(records, caughtUp, 15, { served: 2 })
    assert.deepEqual(step(...old, own), { name: 'drop', record: old[0] })
    assert.deepEqual(step(...old.slice(1), own), { name: 'drop', record: old[1] })
    assert.deepEqual(step(own), { name: 'keep-up' })
  })
})

describe('a process of version 2', () => {
  for (const [states, served] of [
    ['', 2],
    ['2 building', 2],
    ['1 ready, 2 building', 1],
    ['1 ready, 2 ready, 3 ready', 2],
    ['1 building, 2 building', 2],
    // A rollback from 3 to 2.
    ['3 ready', 3],
    ['2 dropping, 4 ready, 3 ready', 3],
    ['1 ready, 2 building, 3 ready', 1],
  ] as const)
    it(`reads version ${served} of ${states || 'no records'}`, () => {
      assert.equal(servedBy(2, recordsOf(states)), served)
    })
})

describe('an older version', () => {
  const ready = record(2, 'ready', { readyAt: at(10) })
  /** The versions that are dropped by then, one step after another. */
  function droppedAt(minutes: number, ...records: ProjectionRecord[]): number[] {
    const step = stepFor(records, caughtUp, minutes, {
      served: servedBy(2, records),
      markUsedEveryMs: Infinity,
    })
    if (step.name !== 'drop') return []
    const { _id } = step.record
    return [_id, ...droppedAt(minutes, ...records.filter((other) => other !== step.record))]
  }

  it('is dropped when the newer one was ready, and the older one unused, for keepMs', () => {
    const used = record(1, 'ready', { usedAt: at(12) })
    assert.deepEqual(droppedAt(14, used, ready), [])
    assert.deepEqual(droppedAt(16, used, ready), [])
    assert.deepEqual(droppedAt(17, used, ready), [1])
    assert.deepEqual(droppedAt(14, record(1, 'ready'), ready), [])
  })

  it('is dropped, too, if it was never complete, or its removal was interrupted', () => {
    assert.deepEqual(droppedAt(15, record(0, 'building'), record(1, 'dropping'), ready), [0, 1])
  })

  it('stays while the newer one is not ready, and a later version always stays', () => {
    const behind = { isStarted: true, isCaughtUp: false }
    const building = [record(1, 'ready'), record(2, 'building')]
    assert.equal(stepFor(building, behind, 99, { markUsedEveryMs: Infinity }).name, 'catch-up')
    assert.deepEqual(droppedAt(99, ...building), [])
    assert.deepEqual(droppedAt(99, ready, record(3, 'ready')), [])
  })
})
