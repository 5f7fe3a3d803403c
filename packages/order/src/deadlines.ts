import { changeEach } from '@saucery/chassis/due'
import type { Said } from '@saucery/contracts/choreography'
import type { Database } from '@saucery/messaging/database'
import { newTrace } from '@saucery/messaging/trace'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { type Order, type OrderFact, Refused, timeOut } from './domain.ts'
import { placedBefore } from './store.ts'

/**
 * Gives up the orders that payment has not decided within `deadlineMs`, by their rows, so that no crash forgets one.
 * Replicas may do so at once: an order is cancelled once. An approval that comes later is given back.
 */
export async function giveUpOverdue(
  db: Database,
  commit: Commit<Order, Said<'order'>, OrderFact>,
  deadlineMs: number,
): Promise<void> {
  const due = await placedBefore(db, Date.now() - deadlineMs, 500)
  const cause = { id: 'payment-deadline', traceparent: newTrace() }
  await changeEach(
    due,
    (key) => commit({ key, cause, decide: timeOut }),
    (error) => error instanceof Refused,
  )
}
