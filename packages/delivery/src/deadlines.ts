import { processDue } from '@saucery/chassis/async/due-work'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Database } from '@saucery/messaging/postgres/database'
import { complete, fail, Refused } from './domain.ts'
import type { CommitDelivery } from './reactions.ts'
import { findStartedBefore } from './store.ts'

/** Completes the deliveries that are under way for `durationMs`: a courier who never has to say so. */
export const completeDue = (
  db: Database,
  commit: CommitDelivery,
  durationMs: number,
  stopping?: AbortSignal,
): Promise<void> =>
  endAll(db, commit, { afterMs: durationMs, cause: 'automatic-courier', decide: complete }, stopping)

/** Fails the deliveries that are under way for `deadlineMs`: whoever had to say what became of them did not. */
export const failOverdue = (
  db: Database,
  commit: CommitDelivery,
  deadlineMs: number,
  stopping?: AbortSignal,
): Promise<void> =>
  endAll(
    db,
    commit,
    { afterMs: deadlineMs, cause: 'delivery-deadline', decide: (delivery) => fail(delivery, 'overdue') },
    stopping,
  )

interface End {
  readonly afterMs: number
  readonly cause: string
  readonly decide: Parameters<CommitDelivery>[0]['decide']
}

/** By their rows, so that no crash forgets one. Replicas may do so at once: a delivery ends once. */
function endAll(
  db: Database,
  commit: CommitDelivery,
  { afterMs, cause: id, decide }: End,
  stopping: AbortSignal | undefined,
): Promise<void> {
  const since = new Date(Date.now() - afterMs)
  const cause = { id, traceparent: newTraceparent() }
  return processDue(
    {
      find: (limit) => findStartedBefore(db, since, limit),
      change: (key) => commit({ key, cause, decide }),
      isRefusal: (error) => error instanceof Refused,
    },
    stopping,
  )
}
