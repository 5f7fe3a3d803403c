import { processDue } from '@saucery/chassis/async/due-work'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Database } from '@saucery/messaging/postgres/database'
import { fail, Refused } from './domain.ts'
import { type CommitDelivery, findStartedBefore } from './store.ts'

interface Deadline {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly deadlineMs: number
}

/**
 * Fails the deliveries that started longer than `deadlineMs` ago and have no reported end.
 * It finds them by their rows, so a crash loses none, and several replicas may run it: a delivery ends once.
 */
export async function failOverdue(
  { db, commit, deadlineMs }: Deadline,
  stopping?: AbortSignal,
): Promise<void> {
  const before = new Date(Date.now() - deadlineMs)
  const cause = { id: 'delivery-deadline', traceparent: newTraceparent() }
  await processDue(
    {
      find: (limit) => findStartedBefore(db, before, limit),
      change: (key) => commit({ key, cause, decide: (delivery) => fail(delivery, 'overdue') }),
      isRefusal: (error) => error instanceof Refused,
    },
    stopping,
  )
}
