/** How long an answer is kept, in times of what it took; and at least and at most. */
const [times, leastMs, mostMs] = [10, 1000, 60_000]
const mostAnswers = 100

/**
 * Lets those who ask the same share an answer, also for some time after: ten times what it took, so that a question
 * takes a tenth of the store's time at most, however many ask. What failed is asked again.
 */
export function shareAnswers<T>(now: () => number = () => performance.now()) {
  const answers = new Map<string, { readonly value: Promise<T>; until: number }>()
  return (key: string, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(key)
    if (known && now() < known.until) return known.value
    const began = now()
    const answer = { value: ask(), until: Number.POSITIVE_INFINITY }
    answers.delete(key)
    answers.set(key, answer)
    answer.value.then(
      () => {
        answer.until = now() + Math.min(mostMs, Math.max(leastMs, times * (now() - began)))
      },
      () => {
        if (answers.get(key) === answer) answers.delete(key)
      },
    )
    const [oldest] = answers.keys()
    if (answers.size > mostAnswers && oldest !== undefined) answers.delete(oldest)
    return answer.value
  }
}
