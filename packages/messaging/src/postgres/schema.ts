import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

/** Events that were said; the truth of which the stream is a copy. */
export const outbox = pgTable(
  'outbox',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    subject: text('subject').notNull(),
    data: jsonb('data').notNull(),
    time: moment('time').notNull(),
    causationId: text('causation_id').notNull(),
    traceparent: text('traceparent').notNull(),
    /** Until then the process that committed the row, or the sweeper that took it, publishes it. */
    leasedUntil: moment('leased_until').notNull(),
    publishedAt: moment('published_at'),
    /** Where the stream has it, to compare the two later: sequences start anew when a stream is made again. */
    stream: text('stream'),
    streamSequence: bigint('stream_sequence', { mode: 'number' }),
    streamCreated: moment('stream_created'),
  },
  (table) => [
    index('outbox_unpublished').on(table.leasedUntil).where(sql`published_at is null`),
    index('outbox_published').on(table.streamCreated, table.publishedAt).where(sql`published_at is not null`),
  ],
)

/** The ids of events that were handled. */
export const inbox = pgTable('inbox', { id: text('id').primaryKey() })

/** Requests that their clients may repeat, and what they were answered. */
export const requests = pgTable(
  'requests',
  {
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Not `jsonb`, which would bring its fields into another order. */
    answer: json('answer').notNull(),
    /** Until then somebody makes the final answer, afterwards who asks again may; null when it is final. */
    leasedUntil: moment('leased_until'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index('requests_created').on(table.createdAt),
  ],
)
