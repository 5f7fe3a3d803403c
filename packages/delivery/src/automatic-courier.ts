import type { Database } from '@saucery/messaging/database'
import { newTrace } from '@saucery/messaging/trace'
import { complete, Refused } from './domain.ts'
import type { CommitDelivery } from './reactions.ts'
import { underWaySince } from './store.ts'

/**
 * Completes the deliveries that are under way for `durationMs`, by their rows, so that no crash forgets one.
 * Replicas may do so at once: a delivery arrives once.
 */
export async function completeDue(db: Database, commit: CommitDelivery, durationMs: number): Promise<void> {
  const due = await underWaySince(db, new Date(Date.now() - durationMs), 500)
  const cause = { id: 'automatic-courier', traceparent: newTrace() }
  const results = await Promise.allSettled(due.map((key) => commit({ key, cause, decide: complete })))
  // A cancel or a courier was faster.
  for (const result of results)
    if (result.status === 'rejected' && !(result.reason instanceof Refused)) throw result.reason
}
