import { processDue } from '@saucery/chassis/async/due-work'
import type { Published } from '@saucery/contracts/choreography'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Order, type OrderEvent, Refused, timeOut } from './domain.ts'
import { findPlacedBefore } from './store.ts'

export interface Deadline {
  readonly db: Database
  readonly commit: Commit<Order, Published<'order'>, OrderEvent>
  readonly deadlineMs: number
  /** Up to when all that payment said is handled; after a standstill its decisions may be waiting. */
  consumedUntil(): Promise<number>
}

/**
 * Gives up the orders that payment has not decided within `deadlineMs`, by their rows, so that no crash forgets one.
 * Replicas may do so at once: an order is cancelled once. An approval that comes later is given back.
 */
export async function cancelOverdue(
  { db, commit, deadlineMs, consumedUntil }: Deadline,
  stopping?: AbortSignal,
): Promise<void> {
  const before = (await consumedUntil()) - deadlineMs
  if (before < 0) return
  const cause = { id: 'payment-deadline', traceparent: newTraceparent() }
  await processDue(
    {
      find: (limit) => findPlacedBefore(db, before, limit),
      change: (key) => commit({ key, cause, decide: timeOut }),
      isRefusal: (error) => error instanceof Refused,
    },
    stopping,
  )
}
