import { pgTable, timestamp } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

/** The drills that a service's replicas follow. Empty where drills are off. */
export const drills = pgTable('drills', (t) => ({
  id: t.text('id').primaryKey(),
  /** What was asked for, as JSON. */
  request: t.text('request').notNull(),
  /** It is over then, whoever is there to see it. */
  until: moment('until').notNull(),
  /** Of a load: the gateway that sends it now, until when if it says nothing, and how many orders were sent. */
  runner: t.text('runner'),
  leasedUntil: moment('leased_until'),
  placed: t.integer('placed').notNull().default(0),
  refused: t.integer('refused').notNull().default(0),
}))
