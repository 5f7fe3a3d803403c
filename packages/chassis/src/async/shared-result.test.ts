import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sharedResult } from './shared-result.ts'

function counted(keepMs: number) {
  let [runs, time] = [0, 0]
  const ask = sharedResult(
    async () => ++runs,
    () => keepMs,
    () => time,
  )
  const at = (ms: number) => {
    time = ms
    return ask()
  }
  return { at }
}

it('shares the run that is under way, and its result until it is old', async () => {
  const { at } = counted(1000)
  assert.deepEqual(await Promise.all([at(0), at(0), at(0)]), [1, 1, 1])
  assert.equal(await at(999), 1)
  assert.deepEqual(await Promise.all([at(1000), at(1000)]), [2, 2])
})

it('shares no more than the run under way where nothing is kept', async () => {
  const { at } = counted(0)
  assert.deepEqual(await Promise.all([at(0), at(0)]), [1, 1])
  assert.equal(await at(0), 2)
})

it('runs again after a failure', async () => {
  let runs = 0
  const ask = sharedResult(
    async () => {
      if (++runs === 1) throw new Error('no')
      return runs
    },
    () => 1000,
  )
  const [first, second] = [ask(), ask()]
  await assert.rejects(first)
  await assert.rejects(second)
  assert.equal(await ask(), 2)
})
