import { LRUCache } from 'lru-cache'

/** An answer is kept for ten times as long as it took, within these limits. */
const [factor, minMs, maxMs] = [10, 1000, 60_000]

/**
 * Lets equal requests share an answer while it is found and for some time after. The store then spends a tenth of its
 * time at most on one request, however many clients send it. A failure is not kept.
 */
export function shareAnswers<T extends NonNullable<unknown>>(now = () => performance.now()) {
  const answers = new LRUCache<string, T, () => Promise<T>>({
    max: 100,
    perf: { now },
    ttlResolution: 0,
    // An answer that made room for others still goes to those who wait for it.
    ignoreFetchAbort: true,
    async fetchMethod(_key, _stale, { options, context: find }) {
      const began = now()
      const answer = await find()
      // lru-cache counts the last millisecond in.
      options.ttl = Math.min(maxMs, Math.max(minMs, factor * (now() - began))) - 1
      return answer
    },
  })
  return (key: string, find: () => Promise<T>): Promise<T> => answers.forceFetch(key, { context: find })
}
