import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shareAnswers } from './shared-answers.ts'

function scene() {
  const at = { ms: 0 }
  let asked = 0
  const share = shareAnswers<number>(() => at.ms)
  const ask = (key: string, tookMs = 0) =>
    share(key, async () => {
      asked += 1
      const answer = asked
      await Promise.resolve()
      at.ms += tookMs
      return answer
    })
  return { at, ask, share }
}

describe('an answer', () => {
  it('is shared by callers that ask the same question at the same time', async () => {
    const { ask } = scene()
    assert.deepEqual(await Promise.all([ask('a'), ask('b'), ask('a')]), [1, 2, 1])
  })

  for (const [tookMs, keptMs] of [
    [1, 1000],
    [3000, 30_000],
    [600_000, 60_000],
  ] as const)
    it(`that took ${tookMs} ms is kept for ${keptMs} ms`, async () => {
      const { at, ask } = scene()
      assert.equal(await ask('a', tookMs), 1)
      at.ms += keptMs - 1
      assert.equal(await ask('a'), 1)
      at.ms += 1
      assert.equal(await ask('a'), 2)
    })

  it('that failed is not kept', async () => {
    const { share, ask } = scene()
    const failing = () => share('a', () => Promise.reject(new Error('away')))
    for (const asked of await Promise.allSettled([failing(), failing()]))
      assert.equal(asked.status, 'rejected')
    assert.equal(await ask('a'), 1)
  })

  it('is one of at most a hundred that are kept', async () => {
    const { ask } = scene()
    for (let i = 0; i <= 100; i++) await ask(String(i))
    assert.equal(await ask('100'), 101)
    assert.equal(await ask('0'), 102)
  })
})
