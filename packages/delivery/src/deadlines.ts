import { changeEach } from '@saucery/chassis/due'
import type { Database } from '@saucery/messaging/database'
import { newTrace } from '@saucery/messaging/trace'
import { complete, fail, Refused } from './domain.ts'
import type { CommitDelivery } from './reactions.ts'
import { underWaySince } from './store.ts'

/** Completes the deliveries that are under way for `durationMs`: a courier who never has to say so. */
export const completeDue = (db: Database, commit: CommitDelivery, durationMs: number): Promise<void> =>
  endAll(db, commit, durationMs, 'automatic-courier', complete)

/** Fails the deliveries that are under way for `deadlineMs`: whoever had to say what became of them did not. */
export const failOverdue = (db: Database, commit: CommitDelivery, deadlineMs: number): Promise<void> =>
  endAll(db, commit, deadlineMs, 'delivery-deadline', (delivery) => fail(delivery, 'overdue'))

/** By their rows, so that no crash forgets one. Replicas may do so at once: a delivery ends once. */
async function endAll(
  db: Database,
  commit: CommitDelivery,
  afterMs: number,
  causeId: string,
  decide: Parameters<CommitDelivery>[0]['decide'],
): Promise<void> {
  const due = await underWaySince(db, new Date(Date.now() - afterMs), 500)
  const cause = { id: causeId, traceparent: newTrace() }
  await changeEach(
    due,
    (key) => commit({ key, cause, decide }),
    (error) => error instanceof Refused,
  )
}
