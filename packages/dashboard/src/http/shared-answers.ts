import { LRUCache } from 'lru-cache'

/** An answer is kept for ten times as long as it took, within these limits. */
const [factor, minMs, maxMs] = [10, 1000, 60_000]

/**
 * Lets equal requests share an answer while it is found and for some time after. The store then spends a tenth of its
 * time at most on one request, however many clients send it. A failure is not kept.
 */
export function shareAnswers<T>(now: () => number = () => performance.now()) {
  const answers = new LRUCache<string, Promise<T>>({ max: 100, perf: { now }, ttlResolution: 0 })
  return (key: string, find: () => Promise<T>): Promise<T> => {
    const known = answers.get(key)
    if (known) return known
    const began = now()
    const answer = find()
    answers.set(key, answer)
    const isKept = () => answers.peek(key) === answer
    answer.then(
      () => {
        const ttl = Math.min(maxMs, Math.max(minMs, factor * (now() - began)))
        // lru-cache counts the last millisecond in.
        if (isKept()) answers.set(key, answer, { ttl: ttl - 1 })
      },
      () => isKept() && answers.delete(key),
    )
    return answer
  }
}
