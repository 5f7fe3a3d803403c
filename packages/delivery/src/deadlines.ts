import { processDue } from '@saucery/chassis/async/due-work'
import type { Database } from '@saucery/messaging/postgres/database'
import { complete, type Delivery, fail, Refused } from './domain.ts'
import { type CommitDelivery, findStartedBefore } from './store.ts'

interface Ending {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly afterMs: number
}

/**
 * Ends deliveries that started longer than `afterMs` ago and have no reported end.
 * It finds them by their rows, so a crash loses none, and several replicas may run it: a delivery ends once.
 */
const endStarted =
  (causeId: string, decide: typeof complete) =>
  ({ db, commit, afterMs }: Ending, stopping?: AbortSignal): Promise<void> => {
    const before = new Date(Date.now() - afterMs)
    const find = (limit: number) => findStartedBefore(db, before, limit)
    return processDue({ commit, find, decide, causeId, refusal: Refused }, stopping)
  }

/** Fails this share of the deliveries that have started since a drill began. */
export function failInDrill(
  { db, commit }: Pick<Ending, 'db' | 'commit'>,
  { percent, ageMs }: { readonly percent: number; readonly ageMs: number },
  stopping?: AbortSignal,
): Promise<void> {
  const share = { percent, since: new Date(Date.now() - ageMs) }
  const find = (limit: number) => findStartedBefore(db, new Date(), limit, share)
  const decide = (delivery: Delivery | undefined) => fail(delivery, 'undeliverable')
  return processDue({ commit, find, decide, causeId: 'drill', refusal: Refused }, stopping)
}

/** Fails deliveries that nobody has reported on. */
export const failOverdue = endStarted('delivery-deadline', (delivery) => fail(delivery, 'overdue'))

/** Completes deliveries in place of a courier who reports them. */
export const completeDue = endStarted('automatic-courier', complete)
