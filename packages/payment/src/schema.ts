import { bigint, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'

export { deadLetters, inbox, outbox } from '@saucery/messaging/postgres/schema'

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
  },
  // An order's id is a UUIDv7: in descending order of it, the newest comes first.
  (table) => [
    index('payments_status').on(table.status, table.orderId),
    index('payments_branch').on(table.branchId, table.orderId),
    index('payments_branch_status').on(table.branchId, table.status, table.orderId),
  ],
)
