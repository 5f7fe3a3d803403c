import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keyedQueue } from './keyed-queue.ts'

describe('lanes', () => {
  it('run one key in the order of calls, one after another, and each key on its own', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(keys, fc.scheduler(), async (keys, scheduler) => {
        const lane = keyedQueue()
        const ended = new Map<string, number[]>()
        const busy = new Set<string>()
        const all = keys.map((key, i) =>
          lane(key, async () => {
            assert.ok(!busy.has(key))
            busy.add(key)
            await scheduler.schedule(Promise.resolve())
            busy.delete(key)
            ended.set(key, [...(ended.get(key) ?? []), i])
            return i
          }),
        )
        await scheduler.waitFor(Promise.all(all))
        for (const order of ended.values())
          assert.deepEqual(
            order,
            [...order].sort((x, y) => x - y),
          )
      }),
    )
  })

  it('do not wait for another key', async () => {
    const lane = keyedQueue()
    let release = () => {}
    const held = lane('a', () => new Promise<void>((resolve) => (release = resolve)))
    assert.equal(await lane('b', async () => 'went on'), 'went on')
    release()
    await held
  })

  it('go on after a failure, which only its own caller sees', async () => {
    const lane = keyedQueue()
    const failing = lane('a', () => Promise.reject(new Error('no')))
    const next = lane('a', async () => 'next')
    await assert.rejects(failing, /no/)
    assert.equal(await next, 'next')
  })
})
