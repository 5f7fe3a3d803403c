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
  requests,
} from '@saucery/messaging/postgres/schema'

export const orders = pgTable(
  'orders',
  {
    id: uuid('id').primaryKey(),
    branchId: text('branch_id').notNull(),
    sauceId: text('sauce_id').notNull(),
    qty: integer('qty').notNull(),
    price: bigint('price', { mode: 'number' }).notNull(),
    amount: bigint('amount', { mode: 'number' }).notNull(),
    facts: text('facts').array().notNull(),
    status: text('status').notNull(),
    placedAt: timestamp('placed_at', { withTimezone: true, precision: 3, mode: 'string' }).notNull(),
  },
  // An order's id is a UUIDv7: in descending order of it, the newest comes first.
  (table) => [
    index('orders_status').on(table.status, table.id),
    index('orders_branch').on(table.branchId, table.id),
    index('orders_branch_status').on(table.branchId, table.status, table.id),
  ],
)
