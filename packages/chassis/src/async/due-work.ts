/** How often to look for what is due after `ms`: late by a tenth at most, and by 10 s. */
export const pollEveryMs = (ms: number): number => Math.min(10_000, 100 + ms / 10)

/** What is due, and what becomes of it. */
export interface DueWork {
  /** The first so many that are due. */
  find(limit: number): Promise<readonly string[]>
  /** After it, the key is not due any more. */
  change(key: string): Promise<unknown>
  /** Somebody else was faster. */
  isRefusal(error: unknown): boolean
}

/** What is found, and changed, at once. */
const mostAtOnce = 500

/**
 * Changes all that is due, part by part, until it is told to stop. What is refused holds back no others.
 * @throws the first failure that is no refusal, when its part has been tried
 */
export async function processDue(
  { find, change, isRefusal }: DueWork,
  stopping?: AbortSignal,
): Promise<void> {
  for (let due: readonly string[]; !stopping?.aborted; ) {
    due = await find(mostAtOnce)
    const results = await Promise.allSettled(due.map(change))
    for (const result of results)
      if (result.status === 'rejected' && !isRefusal(result.reason)) throw result.reason
    if (due.length < mostAtOnce) return
  }
}
