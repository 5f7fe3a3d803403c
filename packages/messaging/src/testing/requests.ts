import assert from 'node:assert/strict'
import type { RequestRefused } from '../idempotency/requests.ts'
import type { Database, Transaction } from '../postgres/database.ts'
import type { Change } from '../unit-of-work.ts'
import { type CommitCounter, type Counter, cause, type Nudged, type Raised, raised } from './counters.ts'

export type Raise = Change<Counter, Raised, Raised | Nudged>

/** A request to raise a counter, answered with the counter and the event, or with the refusal. */
export const requested = (key: string, changed: Partial<Raise['request']> = {}, counter = 'k'): Raise => ({
  key: counter,
  cause: cause(),
  decide: () => [raised(counter)],
  request: {
    scope: 'somebody',
    key,
    fingerprint: 'raise',
    answer: (outcome) =>
      'value' in outcome
        ? { count: outcome.value.state?.count, event: outcome.value.events[0]?.id }
        : { refused: (outcome.error as Error).message },
    ...changed,
  },
})

/** A database on which something happens when a transaction has done all but commit. */
export const beforeCommit = (db: Database, happens: (tx: Transaction) => Promise<unknown>): Database =>
  Object.assign(Object.create(db), {
    transaction: (run: (tx: Transaction) => Promise<unknown>) =>
      db.transaction(async (tx) => {
        const result = await run(tx)
        await happens(tx)
        return result
      }),
  })

export const storedAnswerTo = async (commit: CommitCounter, change: Raise) => (await commit(change)).stored

/** The code of the refusal of a request. */
export const refusalOf = (promise: Promise<unknown>): Promise<RequestRefused['code']> =>
  promise.then(
    () => assert.fail('not refused'),
    (error) => error.code,
  )
