import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export { drills } from '@saucery/chassis/drills/drills-table'
export {
  deadLetterImports,
  deadLetters,
  failingMessages,
  inbox,
  operatorActions,
  operatorJobs,
  outbox,
  requests,
} from '@saucery/messaging/postgres/schema'

export const deliveries = pgTable(
  'deliveries',
  {
    orderId: uuid('order_id').primaryKey(),
    status: text('status').notNull(),
    branchId: text('branch_id'),
    sauceId: text('sauce_id'),
    qty: integer('qty'),
    startedAt: timestamp('started_at', { withTimezone: true, precision: 3, mode: 'string' }),
    cancellationRefused: boolean('cancellation_refused'),
    reason: text('reason'),
  },
  // An order's id is a UUIDv7: in descending order of it, the newest comes first.
  (table) => [
    index('deliveries_status').on(table.status, table.orderId),
    index('deliveries_branch').on(table.branchId, table.orderId),
    index('deliveries_branch_status').on(table.branchId, table.status, table.orderId),
    // Without it, a list would read past every remembered cancel.
    index('deliveries_shown').on(table.orderId).where(sql`status <> 'CANCEL_REMEMBERED'`),
    index('deliveries_under_way').on(table.startedAt).where(sql`status = 'STARTED'`),
  ],
)
