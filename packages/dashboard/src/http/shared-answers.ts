/** An answer is kept for so many times what it took to find, and within these limits. */
const [factor, minMs, maxMs] = [10, 1000, 60_000]
const maxAnswers = 100

/**
 * Callers that ask the same question share one answer, also for some time after: ten times what it took to find. So one
 * question takes at most a tenth of the store's time, however many callers ask it. A failed answer is not kept.
 */
export function shareAnswers<T>(now: () => number = () => performance.now()) {
  const answers = new Map<string, { readonly value: Promise<T>; until: number }>()
  return (key: string, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(key)
    if (known && now() < known.until) return known.value
    const start = now()
    const answer = { value: ask(), until: Number.POSITIVE_INFINITY }
    answers.delete(key)
    answers.set(key, answer)
    answer.value.then(
      () => {
        answer.until = now() + Math.min(maxMs, Math.max(minMs, factor * (now() - start)))
      },
      () => {
        if (answers.get(key) === answer) answers.delete(key)
      },
    )
    const [oldest] = answers.keys()
    if (answers.size > maxAnswers && oldest !== undefined) answers.delete(oldest)
    return answer.value
  }
}
