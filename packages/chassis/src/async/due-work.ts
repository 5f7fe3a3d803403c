import type { Fact } from '@saucery/messaging/events/event'
import { isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { Change, Commit } from '@saucery/messaging/unit-of-work'

/** How often to look for work that is due after `ms`: it is then late by a tenth of that at most, and by 10 s. */
export const pollEveryMs = (ms: number): number => Math.min(10_000, 100 + ms / 10)

interface DueWork<State, P extends Fact, F extends Fact> {
  readonly commit: Commit<State, P, F>
  /** The first `limit` keys that are due. */
  find(limit: number): Promise<readonly string[]>
  /** Afterwards the key is no longer due. */
  readonly decide: Change<State, P>['decide']
  /** The id of the cause of what is published. */
  readonly causeId: string
  /** What `decide` throws when another replica was faster. */
  readonly refusal: new (
    ...args: never[]
  ) => Error
}

const batchSize = 500

/** Keys that fail in one run. With more of them the run ends. */
const maxFailed = 5000

/**
 * Changes all that is due, 500 keys at once, until it is stopped. A key that is refused, locked or fails does not stop
 * the others. (deadlines.int.test: "ends the others while some are locked, and those afterwards")
 * @throws the first other failure, after all keys were tried, or an outage of the database at once
 */
export async function processDue<State, P extends Fact, F extends Fact>(
  { commit, find, decide, causeId, refusal }: DueWork<State, P, F>,
  stopping?: AbortSignal,
): Promise<void> {
  const cause = { id: causeId, traceparent: '' }
  const failed = new Map<string, unknown>()
  async function tryKey(key: string): Promise<void> {
    try {
      await commit({ key, cause, decide })
    } catch (error) {
      if (isDatabaseOutage(error)) throw error
      if (!(error instanceof refusal)) failed.set(key, error)
    }
  }
  // Those that failed are still due, and found again.
  for (let found: readonly string[]; !stopping?.aborted; ) {
    const limit = batchSize + failed.size
    found = await find(limit)
    const outcomes = await Promise.allSettled(found.filter((key) => !failed.has(key)).map(tryKey))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    if (found.length < limit || failed.size > maxFailed) break
  }
  for (const error of failed.values()) throw error
}
