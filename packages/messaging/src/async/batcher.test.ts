import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batcher } from './batcher.ts'

/** Runs that end when the test says so. */
function heldRuns<R>(outcome: (item: number) => { value: R } | { error: unknown }) {
  const groups: number[][] = []
  const ends: (() => void)[] = []
  const run = async (items: number[]) => {
    groups.push(items)
    await new Promise<void>((resolve) => ends.push(resolve))
    return items.map(outcome)
  }
  return { groups, run, endNext: () => ends.shift()?.() }
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
const same = (item: number) => ({ value: item })

describe('a group commit', () => {
  it('lets a call that is alone wait for nobody', async () => {
    const groups: number[][] = []
    const commit = batcher(async (items: number[]) => {
      groups.push(items)
      return items.map(same)
    })
    assert.equal(await commit(1), 1)
    assert.equal(await commit(2), 2)
    assert.deepEqual(groups, [[1], [2]])
  })

  it('gathers what arrives while a group is under way', async () => {
    const { groups, run, endNext } = heldRuns(same)
    const commit = batcher(run)
    const first = commit(1)
    await turn()
    const others = [2, 3, 4].map(commit)
    await turn()
    assert.deepEqual(groups, [[1]])
    endNext()
    await first
    await turn()
    assert.deepEqual(groups, [[1], [2, 3, 4]])
    endNext()
    assert.deepEqual(await Promise.all(others), [2, 3, 4])
  })

  it('makes no group larger than its size, and loses nobody', async () => {
    const { groups, run, endNext } = heldRuns(same)
    const commit = batcher(run, { size: 2 })
    const all = Promise.all([1, 2, 3, 4, 5].map(commit))
    for (let i = 0; i < 3; i++) {
      await turn()
      endNext()
    }
    assert.deepEqual(await all, [1, 2, 3, 4, 5])
    assert.deepEqual(groups, [[1, 2], [3, 4], [5]])
  })

  it('has no more groups under way than its concurrency', async () => {
    const { groups, run, endNext } = heldRuns(same)
    const commit = batcher(run, { size: 1, concurrency: 2 })
    const all = Promise.all([1, 2, 3].map(commit))
    await turn()
    await turn()
    assert.deepEqual(groups, [[1], [2]])
    endNext()
    await turn()
    assert.deepEqual(groups, [[1], [2], [3]])
    endNext()
    endNext()
    assert.deepEqual(await all, [1, 2, 3])
  })

  it('lets a burst go at once', async () => {
    const commit = batcher(async (items: number[]) => items.map(same), { everyMs: () => 600_000 })
    for (let i = 0; i < 5; i++) assert.equal(await commit(i), i)
  })

  it('holds what lasts to its rate', async () => {
    const commit = batcher(async (items: number[]) => items.map(same), { everyMs: () => 20 })
    const began = performance.now()
    for (let i = 0; i < 10; i++) await commit(i)
    assert.ok(performance.now() - began >= 70)
  })

  it('rejects everybody in a group whose run throws, and goes on', async () => {
    let failures = 1
    const commit = batcher(async (items: number[]) => {
      if (failures-- > 0) throw new Error('broken')
      return items.map(same)
    })
    const settled = await Promise.allSettled([commit(1), commit(2)])
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    assert.equal(await commit(3), 3)
  })

  it('tells each item its own outcome', async () => {
    const odd = new Error('odd')
    const commit = batcher(async (items: number[]) =>
      items.map((item) => (item % 2 ? { error: odd } : { value: item })),
    )
    const [one, two] = await Promise.allSettled([commit(1), commit(2)])
    assert.deepEqual(one, { status: 'rejected', reason: odd })
    assert.deepEqual(two, { status: 'fulfilled', value: 2 })
  })

  it('rejects an item whose outcome is not told', async () => {
    await assert.rejects(batcher(async () => [])(1), /no outcome/)
  })
})
