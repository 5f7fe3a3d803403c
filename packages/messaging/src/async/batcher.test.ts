import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batcher } from './batcher.ts'

/** Runs that the test ends. */
function blockedRuns<R>(outcome: (item: number) => { value: R } | { error: unknown }) {
  const batches: number[][] = []
  const ends: (() => void)[] = []
  const run = async (items: number[]) => {
    batches.push(items)
    await new Promise<void>((resolve) => ends.push(resolve))
    return items.map(outcome)
  }
  return { batches, run, endNext: () => ends.shift()?.() }
}

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
const same = (item: number) => ({ value: item })

describe('a batcher', () => {
  it('runs a single call at once', async () => {
    const batches: number[][] = []
    const commit = batcher(async (items: number[]) => {
      batches.push(items)
      return items.map(same)
    })
    assert.equal(await commit(1), 1)
    assert.equal(await commit(2), 2)
    assert.deepEqual(batches, [[1], [2]])
  })

  it('collects the calls that arrive while a batch is running', async () => {
    const { batches, run, endNext } = blockedRuns(same)
    const commit = batcher(run)
    const first = commit(1)
    await turn()
    const others = [2, 3, 4].map(commit)
    await turn()
    assert.deepEqual(batches, [[1]])
    endNext()
    await first
    await turn()
    assert.deepEqual(batches, [[1], [2, 3, 4]])
    endNext()
    assert.deepEqual(await Promise.all(others), [2, 3, 4])
  })

  it('makes no batch larger than its size, and loses no call', async () => {
    const { batches, run, endNext } = blockedRuns(same)
    const commit = batcher(run, { size: 2 })
    const all = Promise.all([1, 2, 3, 4, 5].map(commit))
    for (let i = 0; i < 3; i++) {
      await turn()
      endNext()
    }
    assert.deepEqual(await all, [1, 2, 3, 4, 5])
    assert.deepEqual(batches, [[1, 2], [3, 4], [5]])
  })

  it('gives each lane its share of a batch, and the rest to the longer one', async () => {
    const batches: string[][] = []
    const commit = batcher(
      async (items: string[]) => {
        batches.push(items)
        return items.map((value) => ({ value }))
      },
      { size: 4, laneOf: (item) => item.charAt(0) },
    )
    await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'c2', 'c3'].map(commit))
    assert.deepEqual(batches, [['b1', 'c1', 'c2', 'a1'], ['c3', 'a2', 'a3', 'a4'], ['a5']])
  })

  it('runs no more batches at once than its concurrency', async () => {
    const { batches, run, endNext } = blockedRuns(same)
    const commit = batcher(run, { size: 1, concurrency: 2 })
    const all = Promise.all([1, 2, 3].map(commit))
    await turn()
    await turn()
    assert.deepEqual(batches, [[1], [2]])
    endNext()
    await turn()
    assert.deepEqual(batches, [[1], [2], [3]])
    endNext()
    endNext()
    assert.deepEqual(await all, [1, 2, 3])
  })

  it('runs a burst at once', async () => {
    const commit = batcher(async (items: number[]) => items.map(same), { everyMs: () => 600_000 })
    for (let i = 0; i < 5; i++) assert.equal(await commit(i), i)
  })

  it('limits a lasting load to its rate', async () => {
    const commit = batcher(async (items: number[]) => items.map(same), { everyMs: () => 20 })
    const began = performance.now()
    for (let i = 0; i < 10; i++) await commit(i)
    assert.ok(performance.now() - began >= 70)
  })

  it('rejects every call of a batch that throws, and continues', async () => {
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

  it('returns to each call its own outcome', async () => {
    const odd = new Error('odd')
    const commit = batcher(async (items: number[]) =>
      items.map((item) => (item % 2 ? { error: odd } : { value: item })),
    )
    const [one, two] = await Promise.allSettled([commit(1), commit(2)])
    assert.deepEqual(one, { status: 'rejected', reason: odd })
    assert.deepEqual(two, { status: 'fulfilled', value: 2 })
  })

  it('rejects an item that has no outcome', async () => {
    await assert.rejects(batcher(async () => [])(1), /no outcome/)
  })
})
