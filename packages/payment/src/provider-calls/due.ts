import { type Database, inMs, isFarAhead } from '@saucery/messaging/postgres/database'
import { type SQL, sql } from 'drizzle-orm'
import { askedFor, type OpenPayment } from '../domain.ts'
import { payments } from '../schema.ts'

/** A call that this replica may make now: no other one makes it before the lease ends. */
export interface Call extends Pick<OpenPayment, 'orderId' | 'status' | 'amount'> {
  /** With the status it names the lease. 0: the call of the replica that committed the status. */
  readonly attempts: number
}

/** Longer than a call may take. After a crash another replica repeats the call when the lease has ended. */
export const leaseMs = 15_000

const isAsked = sql`status in ('PENDING', 'VOID_PENDING', 'REFUND_PENDING')`

const ago = (ms: number): SQL => inMs(-ms)

interface Limits {
  /** A call that is asked for since longer is overdue. */
  readonly deadlineMs: number
  /** The longest delay between two calls. */
  readonly longestMs: number
  readonly count: number
}

/**
 * Leases the calls that are due, by the database's clock. An open row without timers was written by a version that had
 * none. (calls.int.test: "asks for each payment once at a time, and for no more at once than it may")
 *
 * When the clock is set back, no call waits for it, and each deadline begins again at most.
 * (clock.int.test: "is asked again though …", "is given up though …")
 */
export async function leaseDue(db: Database, { deadlineMs, longestMs, count }: Limits) {
  const rows = await db.execute<Pick<Call, keyof Call> & { isOverdue: boolean }>(sql`
    update ${payments} set next_attempt_at = ${inMs(leaseMs)}, attempts = coalesce(attempts, 0) + 1,
      asking_since = least(asking_since, now())
    where order_id in (
      select order_id from ${payments}
      where ${isAsked} and (next_attempt_at is null
        or next_attempt_at <= now() and (attempts > 0 or next_attempt_at <= ${ago(leaseMs)})
        or ${isFarAhead(payments.nextAttemptAt, Math.max(leaseMs, longestMs))})
      order by next_attempt_at limit ${count} for update skip locked
    )
    returning order_id as "orderId", status, amount::float8 as amount, attempts,
      asking_since <= ${ago(deadlineMs)} as "isOverdue"`)
  return [...rows]
}

/** When a call is due again, in ms from now, and why its outcome is unknown; without `error` it was never made. */
export interface Postponed extends Call {
  readonly delayMs: number
  readonly error?: string
}

/** Ends leases. Rows that are being changed are skipped, and so are leases that another replica has taken over. */
export async function postpone(db: Database, calls: Postponed[]): Promise<void> {
  await db.execute(sql`
    with ended as (
      select * from jsonb_to_recordset(${JSON.stringify(calls)}::text::jsonb)
        as call("orderId" uuid, status text, attempts integer, "delayMs" float8, error text)
    ), held as (
      select ended.* from ${payments} as row join ended on row.order_id = ended."orderId"
        and row.status = ended.status and row.attempts = ended.attempts
      order by row.order_id for update of row skip locked
    )
    update ${payments} set last_error = coalesce(held.error, last_error),
      attempts = greatest(${payments.attempts}, case when held.error is null then 0 else 1 end),
      next_attempt_at = now() + make_interval(secs => held."delayMs" / 1000)
    from held where order_id = held."orderId"`)
}

/** The call for an order that has failed and waits for the next one; none while no call has failed. */
export async function openCallsOf(db: Database, orderId: string) {
  const [row] = await db
    .select()
    .from(payments)
    .where(sql`${payments.orderId} = ${orderId} and ${isAsked} and last_error is not null`)
  if (!row) return []
  const { status, attempts, lastError, nextAttemptAt } = row
  return [
    {
      asked: askedFor[status as OpenPayment['status']],
      tries: Math.max(1, attempts ?? 1),
      error: lastError ?? '',
      ...(nextAttemptAt !== null && { nextTryAt: new Date(nextAttemptAt).toISOString() }),
    },
  ]
}

/** The payments whose calls have failed and wait for the next one, by status. */
export async function unknownOutcomes(db: Database) {
  const rows = await db.execute<{ status: string; count: number; oldestSeconds: number; error: string }>(sql`
    select status, count(*)::int as count, max(last_error) as error,
      extract(epoch from now() - min(asking_since))::float8 as "oldestSeconds"
    from ${payments} where ${isAsked} and last_error is not null group by status`)
  return [...rows]
}
