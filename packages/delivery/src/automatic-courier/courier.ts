import { processDue } from '@saucery/chassis/async/due-work'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Database } from '@saucery/messaging/postgres/database'
import { complete, Refused } from '../domain.ts'
import { type CommitDelivery, findStartedBefore } from '../store.ts'

interface AutomaticCourier {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly durationMs: number
}

/** Completes the deliveries that started longer than `durationMs` ago, in place of a courier who reports them. */
export async function completeDue(
  { db, commit, durationMs }: AutomaticCourier,
  stopping?: AbortSignal,
): Promise<void> {
  const before = new Date(Date.now() - durationMs)
  const cause = { id: 'automatic-courier', traceparent: newTraceparent() }
  await processDue(
    {
      find: (limit) => findStartedBefore(db, before, limit),
      change: (key) => commit({ key, cause, decide: complete }),
      isRefusal: (error) => error instanceof Refused,
    },
    stopping,
  )
}
