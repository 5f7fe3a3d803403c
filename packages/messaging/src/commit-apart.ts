import { setTimeout as delay } from 'node:timers/promises'
import { retryDelay } from './async/backoff.ts'
import { batcher, type Outcome } from './async/batcher.ts'
import { keyedQueue } from './async/keyed-queue.ts'
import { isLockTimeout, KeyBusy } from './postgres/locks.ts'

/** A change waits so long for locks that others hold, and for its turn. */
const patienceMs = 3000

/** Transactions at once. A slow one holds up no group. */
const concurrency = 4

/** Keys that are remembered. A forgotten one can hold up a group once more. */
const maxKeys = 1000

/**
 * Commits the changes of some keys apart from the groups: each in a transaction of its own, those of one key in
 * sequence. A key stays apart until one of its changes is committed.
 */
export function openApart<C extends { readonly key: string }, R>(commit: (change: C) => Promise<Outcome<R>>) {
  const keys = new Set<string>()
  const inSequence = keyedQueue()
  const commitOne = batcher(
    async ([waiting]: { change: C; deadline: number }[]): Promise<Outcome<R>[]> => {
      if (!waiting) return []
      if (performance.now() >= waiting.deadline) throw new KeyBusy(waiting.change.key)
      return [await commit(waiting.change)]
    },
    { size: 1, concurrency },
  )

  async function persist(change: C, deadline: number): Promise<R> {
    for (let attempt = 1; ; attempt++)
      try {
        const result = await commitOne({ change, deadline })
        keys.delete(change.key)
        return result
      } catch (error) {
        if (!isLockTimeout(error)) throw error
        if (performance.now() >= deadline) throw new KeyBusy(change.key, { cause: error })
        await delay(retryDelay(attempt, { firstMs: 100, maxMs: 500 }))
      }
  }

  return {
    has: (key: string): boolean => keys.has(key),
    add(key: string): void {
      keys.delete(key)
      keys.add(key)
      if (keys.size > maxKeys) keys.delete(String(keys.values().next().value))
    },
    commit(change: C): Promise<R> {
      const deadline = performance.now() + patienceMs
      return inSequence(change.key, () => persist(change, deadline))
    },
  }
}
