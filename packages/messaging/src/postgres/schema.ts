import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, timestamp } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

/** The events that the service published. The stream is a copy of them. */
export const outbox = pgTable(
  'outbox',
  (t) => ({
    id: t.uuid('id').primaryKey(),
    name: t.text('name').notNull(),
    version: t.integer('version').notNull(),
    subject: t.text('subject').notNull(),
    data: t.jsonb('data').notNull(),
    time: moment('time').notNull(),
    causationId: t.text('causation_id').notNull(),
    traceparent: t.text('traceparent').notNull(),
    actor: t.jsonb('actor'),
    /** Until then only the process that committed the row, or the sweeper that leased it, publishes it. */
    leasedUntil: moment('leased_until').notNull(),
    publishedAt: moment('published_at'),
    /** Where the stream stored it, for reconciling. The sequences of a recreated stream start again. */
    stream: t.text('stream'),
    streamSequence: t.bigint('stream_sequence', { mode: 'number' }),
    streamCreated: moment('stream_created'),
  }),
  (table) => [
    index('outbox_unpublished').on(table.leasedUntil).where(sql`published_at is null`),
    index('outbox_published').on(table.streamCreated, table.publishedAt).where(sql`published_at is not null`),
  ],
)

/** The events that were handled. */
export const inbox = pgTable('inbox', (t) => ({
  id: t.text('id').primaryKey(),
  /** The time of the transaction; null for events that an older release handled. */
  handledAt: moment('handled_at'),
  /** How often the stream had delivered the event by then. */
  deliveries: t.integer('deliveries'),
}))

/** The messages that could not be handled. The stream of the dead letters is a copy of them. */
export const deadLetters = pgTable(
  'dead_letters',
  (t) => ({
    id: t.text('id').primaryKey(),
    /** Subject, headers and data, as JSON. */
    content: t.text('content').notNull(),
    savedAt: moment('saved_at').notNull().defaultNow(),
    /** Where the stream stored it, for reconciling. */
    streamSequence: t.bigint('stream_sequence', { mode: 'number' }),
    streamCreated: moment('stream_created'),
  }),
  (table) => [index('dead_letters_saved').on(table.savedAt, table.id)],
)

/** Requests that their clients may repeat, with their answers. */
export const requests = pgTable(
  'requests',
  (t) => ({
    scope: t.text('scope').notNull(),
    key: t.text('key').notNull(),
    fingerprint: t.text('fingerprint').notNull(),
    /** Not `jsonb`, which would change the order of the fields. */
    answer: t.json('answer').notNull(),
    /** Until then one process makes the final answer; afterwards a repeated request may. Null if it is final. */
    leasedUntil: moment('leased_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
  }),
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index('requests_created').on(table.createdAt),
  ],
)
