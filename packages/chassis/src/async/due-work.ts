import type { Fact } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
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

/**
 * Changes all that is due, 500 keys at once, until it is stopped. A refused key does not stop the others.
 * @throws the first other failure, after its batch has been tried
 */
export async function processDue<State, P extends Fact, F extends Fact>(
  { commit, find, decide, causeId, refusal }: DueWork<State, P, F>,
  stopping?: AbortSignal,
): Promise<void> {
  const cause = { id: causeId, traceparent: newTraceparent() }
  for (let due: readonly string[]; !stopping?.aborted; ) {
    due = await find(batchSize)
    for (const result of await Promise.allSettled(due.map((key) => commit({ key, cause, decide }))))
      if (result.status === 'rejected' && !(result.reason instanceof refusal)) throw result.reason
    if (due.length < batchSize) return
  }
}
