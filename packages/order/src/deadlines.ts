import { changeDue } from '@saucery/chassis/async/due-work'
import type { Said } from '@saucery/contracts/choreography'
import { newTrace } from '@saucery/messaging/events/trace-context'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Order, type OrderFact, Refused, timeOut } from './domain.ts'
import { placedBefore } from './store.ts'

export interface Deadline {
  readonly db: Database
  readonly commit: Commit<Order, Said<'order'>, OrderFact>
  readonly deadlineMs: number
  /** Up to when all that payment said is handled; after a standstill its decisions may be waiting. */
  heardUntil(): Promise<number>
}

/**
 * Gives up the orders that payment has not decided within `deadlineMs`, by their rows, so that no crash forgets one.
 * Replicas may do so at once: an order is cancelled once. An approval that comes later is given back.
 */
export async function giveUpOverdue(
  { db, commit, deadlineMs, heardUntil }: Deadline,
  stopping?: AbortSignal,
): Promise<void> {
  const before = (await heardUntil()) - deadlineMs
  if (before < 0) return
  const cause = { id: 'payment-deadline', traceparent: newTrace() }
  await changeDue(
    {
      find: (limit) => placedBefore(db, before, limit),
      change: (key) => commit({ key, cause, decide: timeOut }),
      isRefusal: (error) => error instanceof Refused,
    },
    stopping,
  )
}
