import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keyedQueue } from './keyed-queue.ts'

describe('a keyed queue', () => {
  it('runs the calls of one key in their order, one after another', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(keys, fc.scheduler(), async (keys, scheduler) => {
        const enqueue = keyedQueue()
        const ended = new Map<string, number[]>()
        const busy = new Set<string>()
        const all = keys.map((key, i) =>
          enqueue(key, async () => {
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

  it('does not wait for another key', async () => {
    const enqueue = keyedQueue()
    let release = () => {}
    const blocked = enqueue('a', () => new Promise<void>((resolve) => (release = resolve)))
    assert.equal(await enqueue('b', async () => 'continued'), 'continued')
    release()
    await blocked
  })

  it('continues after a failure, which only its own caller sees', async () => {
    const enqueue = keyedQueue()
    const failing = enqueue('a', () => Promise.reject(new Error('no')))
    const next = enqueue('a', async () => 'next')
    await assert.rejects(failing, /no/)
    assert.equal(await next, 'next')
  })
})
