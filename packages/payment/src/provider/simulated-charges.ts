import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core'

/** The books of the simulated provider. It stands for another company: no query joins them with `payments`. */
export const simulatedCharges = pgTable('simulated_charges', {
  idempotencyKey: text('idempotency_key').primaryKey(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  /** The reason of a decline; null when it was approved. */
  declined: text('declined'),
  refunds: integer('refunds').notNull().default(0),
})
