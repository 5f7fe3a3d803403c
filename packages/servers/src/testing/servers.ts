import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import postgres from 'postgres'
import { findMongodb } from '../mongodb/find-mongodb.ts'
import { startMongodb } from '../mongodb/start-mongodb.ts'
import type { NatsUser } from '../nats/config.ts'
import { findNats } from '../nats/find-nats.ts'
import { startNats } from '../nats/start-nats.ts'
import { findPostgres } from '../postgres/find-postgres.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import type { Server } from '../process/server.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

/** What a test connects to; `await using` gives it back. */
export type TestServer = AsyncDisposable & {
  url: string
  /** Like a crash. Refused on a shared server: ask for `{ ownServer: true }`. */
  kill(): Promise<void>
  restart(): Promise<void>
}

type Own = { ownServer?: boolean }

/** A fresh Postgres database, its url the administrator's: on TEST_POSTGRES_URL's server, else on its own. */
export async function testPostgres({ ownServer = false }: Own = {}): Promise<TestServer> {
  const shared = ownServer ? undefined : process.env.TEST_POSTGRES_URL
  const server = shared
    ? sharedServer(shared)
    : await ownedServer(async (folder) =>
        startPostgres(await findPostgres(), { dataDir: join(folder, 'postgres') }),
      )
  const database = randomName()
  await administer(server.url, `create database ${database}`)
  const url = new URL(server.url)
  url.pathname = database
  return {
    ...server,
    url: url.href,
    async [Symbol.asyncDispose]() {
      if (shared) await administer(shared, `drop database ${database} with (force)`)
      await server[Symbol.asyncDispose]()
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await sql.unsafe(statement).finally(() => sql.end({ timeout: 1 }))
}

/** A MongoDB database of its own, the one that the url names: on TEST_MONGODB_URL's server, else on its own. */
export async function testMongo({ ownServer = false }: Own = {}): Promise<TestServer & { database: string }> {
  const shared = ownServer ? undefined : process.env.TEST_MONGODB_URL
  const server = shared
    ? sharedServer(shared)
    : await ownedServer(async (folder) =>
        startMongodb(await findMongodb(), { dataDir: join(folder, 'mongodb') }),
      )
  const database = randomName()
  const url = new URL(server.url)
  url.pathname = database
  return {
    ...server,
    url: url.href,
    database,
    async [Symbol.asyncDispose]() {
      if (shared) {
        const client = new MongoClient(shared)
        await client
          .db(database)
          .dropDatabase()
          .finally(() => client.close())
      }
      await server[Symbol.asyncDispose]()
    },
  }
}

/**
 * A NATS server of the test's own, with JetStream; without users everyone may do everything.
 * @param version exactly this one
 */
export async function testNats({
  users = [],
  version,
}: {
  users?: readonly NatsUser[]
  version?: string
} = {}): Promise<TestServer> {
  const env = version === undefined ? process.env : { ...process.env, NATS_SERVER_VERSION: version }
  return ownedServer(async (folder) =>
    startNats(await findNats({ env }), { dataDir: join(folder, 'nats'), users }),
  )
}

async function ownedServer(start: (folder: string) => Promise<Server>): Promise<TestServer> {
  const folder = await tempFolder()
  try {
    const server = await start(folder)
    return {
      url: server.url,
      kill: server.kill,
      restart: server.restart,
      async [Symbol.asyncDispose]() {
        // The data goes too: nothing is gained by a shutdown that saves it first.
        await server.kill()
        await removeTempFolder(folder)
      },
    }
  } catch (error) {
    await removeTempFolder(folder)
    throw error
  }
}

function sharedServer(url: string): TestServer {
  const refuse = () => Promise.reject(new Error('other tests use this server: ask for { ownServer: true }'))
  return { url, kill: refuse, restart: refuse, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function randomName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}
