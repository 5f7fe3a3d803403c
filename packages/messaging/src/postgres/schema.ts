import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

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
    /** By what operators choose; null while only an older release has seen the row. */
    event: t.text('event'),
    eventId: t.text('event_id'),
    orderId: t.text('order_id'),
    reason: t.text('reason'),
    errorKey: t.text('error_key'),
    /** What a list shows, as JSON, so that it need not read the content. */
    summary: t.text('summary'),
    /** Null while it is open. */
    outcome: t.text('outcome'),
    settledAt: moment('settled_at'),
    settledBy: t.text('settled_by'),
    settledWhy: t.text('settled_why'),
  }),
  (table) => [
    index('dead_letters_saved').on(table.savedAt, table.id),
    index('dead_letters_open').on(table.savedAt, table.id).where(sql`outcome is null`),
    index('dead_letters_open_event').on(table.event, table.savedAt, table.id).where(sql`outcome is null`),
    index('dead_letters_open_reason').on(table.reason, table.savedAt, table.id).where(sql`outcome is null`),
    index('dead_letters_open_group')
      .on(table.event, table.reason, table.errorKey, table.savedAt, table.id)
      .where(sql`outcome is null`),
    index('dead_letters_settled').on(table.outcome, table.savedAt, table.id).where(sql`outcome is not null`),
    index('dead_letters_order').on(table.orderId, table.savedAt, table.id),
    index('dead_letters_sequence').on(table.streamSequence),
    index('dead_letters_undescribed').on(table.id).where(sql`reason is null`),
  ],
)

/** Up to where the stream of the dead letters was looked through for some that the table lacks. */
export const deadLetterImports = pgTable('dead_letter_imports', (t) => ({
  streamCreated: moment('stream_created').primaryKey(),
  sequence: t.bigint('sequence', { mode: 'number' }).notNull(),
}))

/** Work on many dead letters that an operator has begun. */
export const operatorJobs = pgTable(
  'operator_jobs',
  (t) => ({
    id: t.text('id').primaryKey(),
    state: t.text('state').notNull(),
    /** Who began it, what it is about and how far it is, as JSON. */
    content: t.text('content').notNull(),
    /** Until then one process alone works on it. */
    leasedUntil: moment('leased_until'),
    holder: t.text('holder'),
  }),
  // One at a time.
  (table) => [uniqueIndex('operator_jobs_running').on(table.state).where(sql`state = 'running'`)],
)

/** Who did what to the service. */
export const operatorActions = pgTable(
  'operator_actions',
  (t) => ({
    id: t.text('id').primaryKey(),
    /** Of an action about one order. */
    orderId: t.text('order_id'),
    content: t.text('content').notNull(),
  }),
  (table) => [index('operator_actions_order').on(table.orderId, table.id)],
)

/** The messages that failed and are tried again. */
export const failingMessages = pgTable(
  'failing_messages',
  (t) => ({
    /** As the dead letter's. */
    id: t.text('id').primaryKey(),
    key: t.text('key').notNull(),
    event: t.text('event').notNull(),
    eventId: t.text('event_id').notNull(),
    stream: t.text('stream').notNull(),
    streamSequence: t.bigint('stream_sequence', { mode: 'number' }).notNull(),
    tries: t.integer('tries').notNull(),
    error: t.text('error').notNull(),
    failedAt: moment('failed_at').notNull(),
    nextTryAt: moment('next_try_at').notNull(),
  }),
  (table) => [
    index('failing_messages_key').on(table.key),
    index('failing_messages_next_try').on(table.nextTryAt),
  ],
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
