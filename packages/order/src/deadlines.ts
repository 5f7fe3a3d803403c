import { processDue } from '@saucery/chassis/async/due-work'
import type { Database } from '@saucery/messaging/postgres/database'
import { Refused, timeOut } from './domain.ts'
import { type CommitOrder, findPlacedBefore } from './store.ts'

interface Deadline {
  readonly db: Database
  readonly commit: CommitOrder
  readonly deadlineMs: number
  /** The payment events published up to this time, in ms since 1970, are processed; later ones may be in a backlog. */
  consumedUntil(): Promise<number>
}

/**
 * Cancels the orders that payment has not decided on within `deadlineMs`. A later approval is refunded.
 * It finds them by their rows, so a crash loses none, and several replicas may run it: an order is cancelled once.
 */
export async function cancelOverdue(
  { db, commit, deadlineMs, consumedUntil }: Deadline,
  stopping?: AbortSignal,
): Promise<void> {
  const before = (await consumedUntil()) - deadlineMs
  if (before < 0) return
  const find = (limit: number) => findPlacedBefore(db, before, limit)
  await processDue({ commit, find, decide: timeOut, causeId: 'payment-deadline', refusal: Refused }, stopping)
}
