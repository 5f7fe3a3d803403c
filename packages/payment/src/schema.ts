import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export { drills } from '@saucery/chassis/drills/drills-table'
export {
  deadLetterImports,
  deadLetters,
  failingMessages,
  inbox,
  operatorActions,
  operatorJobs,
  outbox,
} from '@saucery/messaging/postgres/schema'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

export const payments = pgTable(
  'payments',
  {
    orderId: uuid('order_id').primaryKey(),
    status: text('status').notNull(),
    branchId: text('branch_id'),
    sauceId: text('sauce_id'),
    qty: integer('qty'),
    amount: bigint('amount', { mode: 'number' }),
    reason: text('reason'),
    // The timers of a payment that waits for the provider's answer; null in all others.
    askingSince: moment('asking_since'),
    /** Calls to the provider that have begun; 0 while the replica that committed the status makes the first one. */
    attempts: integer('attempts'),
    nextAttemptAt: moment('next_attempt_at'),
    lastError: text('last_error'),
  },
  // An order's id is a UUIDv7: in descending order of it, the newest comes first.
  (table) => [
    index('payments_status').on(table.status, table.orderId),
    index('payments_branch').on(table.branchId, table.orderId),
    index('payments_branch_status').on(table.branchId, table.status, table.orderId),
    index('payments_asking')
      .on(table.nextAttemptAt)
      .where(sql`status in ('PENDING', 'VOID_PENDING', 'REFUND_PENDING')`),
  ],
)
