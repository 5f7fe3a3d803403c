import { testPostgres } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { type Broker, connectBroker } from '../nats/connection.ts'
import { type Database, type OpenDatabase, openDatabase } from '../postgres/database.ts'
import { atMost } from './counters.ts'
import { testKeys } from './keys.ts'
import { quietLog } from './log.ts'

/** A database with the tables, and with pools that are closed before it is removed. */
export async function testDatabase(options: { ownServer?: boolean } = {}) {
  const server = await testPostgres(options)
  const pools: OpenDatabase[] = []
  function open(): Database {
    const pool = openDatabase(server.url, 'test')
    pools.push(pool)
    return pool.db
  }
  const db = open()
  for (const statement of tables) await db.execute(sql.raw(statement))
  return {
    ...server,
    db,
    /** Opens a further pool, as another replica would. */
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((pool) => pool.close()))
      await server[Symbol.asyncDispose]()
    },
  }
}

const tables = [
  `create table counters (id text primary key, count integer not null check (count <= ${atMost}))`,
  `create table outbox (
    id uuid primary key, name text not null, version integer not null, subject text not null,
    data jsonb not null, time timestamptz(3) not null, causation_id text not null, traceparent text not null, actor jsonb,
    leased_until timestamptz(3) not null, published_at timestamptz(3),
    stream text, stream_sequence bigint, stream_created timestamptz(3))`,
  'create index outbox_unpublished on outbox (leased_until) where published_at is null',
  'create index outbox_published on outbox (stream_created, published_at) where published_at is not null',
  'create table inbox (id text primary key, handled_at timestamptz(3), deliveries integer)',
  `create table dead_letters (
    id text primary key, content text not null, saved_at timestamptz(3) not null default now(),
    stream_sequence bigint, stream_created timestamptz(3), event text, event_id text, order_id text, reason text,
    error_key text, summary text, outcome text, settled_at timestamptz(3), settled_by text, settled_why text)`,
  'create table dead_letter_imports (stream_created timestamptz(3) primary key, sequence bigint not null)',
  `create table operator_jobs (
    id text primary key, state text not null, content text not null, leased_until timestamptz(3), holder text)`,
  `create unique index operator_jobs_running on operator_jobs (state) where state = 'running'`,
  'create table operator_actions (id text primary key, order_id text, content text not null)',
  `create table failing_messages (
    id text primary key, key text not null, event text not null, event_id text not null, stream text not null,
    stream_sequence bigint not null, tries integer not null, error text not null,
    failed_at timestamptz(3) not null, next_try_at timestamptz(3) not null)`,
  `create table requests (
    scope text not null, key text not null, fingerprint text not null, answer json not null,
    leased_until timestamptz(3), created_at timestamptz(3) not null default now(), primary key (scope, key))`,
]

/** A connection that `await using` closes. */
export async function testBroker(
  url: string,
  { name = 'counter', log = quietLog } = {},
): Promise<Broker & AsyncDisposable> {
  const broker = await connectBroker({ url, name, keys: testKeys, log })
  return {
    ...broker,
    async [Symbol.asyncDispose]() {
      if (!broker.connection.isClosed()) await broker.connection.close()
    },
  }
}

export type TestDatabase = Awaited<ReturnType<typeof testDatabase>>
