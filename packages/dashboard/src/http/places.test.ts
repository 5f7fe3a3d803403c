import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openPlaces } from './places.ts'

const usual = { all: 3, ofCaller: 2, waitingOfCaller: 5, waiting: 8, waitMs: 60_000 }

/** Work that runs until it is ended, and what is running. */
function scene(limits: Partial<typeof usual> = {}) {
  const inPlace = openPlaces({ ...usual, ...limits })
  const running: { caller: string; end(): void }[] = []
  const start = (caller: string) =>
    inPlace(caller, () => new Promise<void>((resolve) => running.push({ caller, end: resolve })))
  return {
    start,
    running: () => running.map(({ caller }) => caller),
    async endFirst() {
      running.shift()?.end()
      await turn()
    },
  }
}

describe('the places', () => {
  it('are taken by one caller in part only', async () => {
    const { start, running, endFirst } = scene()
    const all = ['greedy', 'greedy', 'greedy', 'modest'].map(start)
    assert.deepEqual(running(), ['greedy', 'greedy', 'modest'])
    for (const _ of all) await endFirst()
    await Promise.all(all)
  })

  it('go to the caller who has the fewest, and then to the one who waits longest', async () => {
    const { start, running, endFirst } = scene()
    const all = ['a', 'a', 'b', 'a', 'b', 'c'].map(start)
    await endFirst()
    assert.deepEqual(running(), ['a', 'b', 'c'])
    await endFirst()
    assert.deepEqual(running(), ['b', 'c', 'a'])
    for (const _ of all) await endFirst()
    await Promise.all(all)
  })

  it('are free again after a failure', async () => {
    const inPlace = openPlaces({ ...usual, all: 1 })
    await assert.rejects(
      inPlace('a', () => Promise.reject(new Error('no'))),
      /no/,
    )
    assert.equal(await inPlace('a', async () => 'done'), 'done')
  })

  for (const [limits, callers] of [
    [{ all: 1, waitingOfCaller: 1 }, ['a', 'a']],
    [{ all: 1, waiting: 2 }, ['a', 'b', 'c']],
    [{ all: 1, waitMs: 1 }, ['a']],
  ] as const)
    it(`refuse one more than ${JSON.stringify(limits)}`, async () => {
      const { start, endFirst } = scene(limits)
      const all = callers.map(start)
      await assert.rejects(start('a'), { name: 'NoPlace' })
      for (const _ of all) await endFirst()
      await Promise.all(all)
    })
})
