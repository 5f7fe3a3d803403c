import type { DeadLetterFilter, DeadLetterPlace } from '../dead-letters/catalog.ts'

export interface Operator {
  /** As in the caller's token. */
  readonly subject: string
  readonly role: string
}

/** What an operator did to a service. */
export interface OperatorAction {
  /** A UUIDv7. */
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly by: Operator
  /** Such as `retry`. */
  readonly action: string
  /** Of an action about one order. */
  readonly orderId?: string | undefined
  /** The filter, the counts, the reason given. */
  readonly details: Readonly<Record<string, unknown>>
}

export type JobState = 'running' | 'done' | 'cancelled'

/** Work on all dead letters that a filter chose when it began. */
export interface OperatorJob {
  /** A UUIDv7. */
  readonly id: string
  readonly kind: 'retry' | 'discard'
  readonly state: JobState
  readonly filter: DeadLetterFilter
  readonly by: Operator
  /** Why the letters are discarded. */
  readonly why?: string | undefined
  readonly perSecond: number
  /** How many there were when it began. */
  readonly total: number
  /** How many it settled, found settled by others, and could not settle. */
  readonly settled: number
  readonly skipped: number
  readonly failed: number
  readonly lastError?: string | undefined
  readonly begunAt: string
  readonly endedAt?: string | undefined
  /** The letter that it dealt with last: another process goes on after it. */
  readonly place?: DeadLetterPlace | undefined
}

/** What operators do to one service, in the service's own database. */
export interface OperatorStore {
  record(action: OperatorAction): Promise<void>
  /** The newest first; those before the action with the id `before`. */
  actions(query: {
    limit: number
    before?: string | undefined
    orderId?: string | undefined
  }): Promise<OperatorAction[]>
  /** @returns false while another one runs */
  beginJob(job: OperatorJob): Promise<boolean>
  job(id: string): Promise<OperatorJob | undefined>
  /** The newest first. */
  jobs(limit: number): Promise<OperatorJob[]>
  /** The running job, unless another process works on it; then this one does for `ms`. */
  leaseJob(holder: string, ms: number): Promise<OperatorJob | undefined>
  /** Stores how far the holder is, and extends its lease. @returns the state; undefined when it is another's now */
  saveJob(holder: string, job: OperatorJob, ms: number): Promise<JobState | undefined>
  /** @returns whether it was running */
  cancelJob(id: string): Promise<boolean>
}
