import { testPostgres } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { type Broker, connectBroker } from '../nats/connection.ts'
import { type Database, type OpenDatabase, openDatabase } from '../postgres/database.ts'
import { createTables } from '../postgres/tables.ts'
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
  await createTables(db)
  await db.execute(
    sql.raw(`create table counters (id text primary key, count integer not null check (count <= ${atMost}))`),
  )
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
