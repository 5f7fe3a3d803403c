/** How often to look for work that is due after `ms`: it is then late by a tenth of that at most, and by 10 s. */
export const pollEveryMs = (ms: number): number => Math.min(10_000, 100 + ms / 10)

export interface DueWork {
  /** The first `limit` keys that are due. */
  find(limit: number): Promise<readonly string[]>
  /** Afterwards the key is no longer due. */
  change(key: string): Promise<unknown>
  /** Another replica was faster. */
  isRefusal(error: unknown): boolean
}

const batchSize = 500

/**
 * Changes all that is due, 500 keys at once, until it is stopped. A refused key does not stop the others.
 * @throws the first other failure, after its batch has been tried
 */
export async function processDue(
  { find, change, isRefusal }: DueWork,
  stopping?: AbortSignal,
): Promise<void> {
  for (let due: readonly string[]; !stopping?.aborted; ) {
    due = await find(batchSize)
    for (const result of await Promise.allSettled(due.map(change)))
      if (result.status === 'rejected' && !isRefusal(result.reason)) throw result.reason
    if (due.length < batchSize) return
  }
}
