import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import {
  type Cause,
  type Event,
  type EventType,
  type Fact,
  keyOf,
  type ReceivedEvent,
  stamp,
} from '../events/event.ts'
import { newTraceparent } from '../events/trace-context.ts'
import { type Database, keyIn, upsertAll } from '../postgres/database.ts'
import type { Aggregate, Commit } from '../unit-of-work.ts'

/** The tests of this package use counters, which a nudge raises. Only the inbox guards them against duplicates. */
interface Amount {
  by: number
}
export type Nudged = Fact & { name: 'Nudged'; data: Amount }
export type Raised = Fact & { name: 'Raised'; data: Amount }

export const nudged = (key: string, by = 1): Nudged => ({
  name: 'Nudged',
  version: 1,
  subject: `nudges.given.${key}`,
  data: { by },
})
export const raised = (key: string, by = 1): Raised => ({
  name: 'Raised',
  version: 1,
  subject: `counters.raised.${key}`,
  data: { by },
})

export const Nudged: EventType<Nudged> = {
  event: 'Nudged',
  subject: 'nudges.given',
  version: 1,
  read(version, data) {
    if (version !== 1) throw new Error(`Nudged has no version ${version}`)
    if (typeof (data as Amount).by !== 'number') throw new Error('a nudge without an amount')
    return data as Amount
  },
}

export const countersStream = { name: 'COUNTERS', subjects: ['counters.>'] }
export const nudgesStream = { name: 'NUDGES', subjects: ['nudges.>'] }

/** The database refuses a larger counter. */
export const atMost = 1000

export const counters = pgTable('counters', {
  id: text('id').primaryKey(),
  count: integer('count').notNull(),
})
export type Counter = typeof counters.$inferSelect

export const counterAggregate: Aggregate<Counter, Raised | Nudged> = {
  table: counters,
  async load(tx, keys) {
    const rows = await tx.select().from(counters).where(keyIn(counters.id, keys))
    return new Map(rows.map((row) => [row.id, row]))
  },
  save: (tx, states) => upsertAll(tx, counters, states),
  evolve: (state, event) =>
    event.name === 'Raised'
      ? { id: keyOf(event.subject), count: (state?.count ?? 0) + event.data.by }
      : state,
}

/** All counters by key. */
export async function counts(db: Database): Promise<Record<string, number>> {
  const rows = await db.select().from(counters)
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]))
}

export const cause = (id = 'a-request'): Cause => ({ id, traceparent: newTraceparent() })

export const nudge = (key: string, by = 1): Event<Nudged> => stamp(nudged(key, by), cause(), new Date())

export type CommitCounter = Commit<Counter, Raised, Raised | Nudged>

/** A handler that raises the nudged counter. */
export const raiseOn = (commit: CommitCounter) => (event: ReceivedEvent<Nudged>) =>
  commit({
    key: keyOf(event.subject),
    cause: event,
    handles: event,
    decide: () => [raised(keyOf(event.subject), event.data.by)],
  })
