import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { startMongodb } from '../mongodb/start-mongodb.ts'
import type { NatsUser } from '../nats/config.ts'
import { startNats } from '../nats/start-nats.ts'
import { openAdminClient } from '../postgres/admin-client.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import type { Server } from '../process/server.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

/** What a test connects to; `await using` removes it at the end. */
export type TestServer = AsyncDisposable & {
  url: string
  /** As in a crash. Rejects on a shared server: ask for `{ ownServer: true }`. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** For example SIGSTOP, which freezes it. Throws on a shared server. */
  signal(name: NodeJS.Signals): void
}

interface TestOptions {
  readonly ownServer?: boolean
}

/** A new Postgres database, its url the administrator's: on TEST_POSTGRES_URL's server, else on its own. */
export async function testPostgres({ ownServer = false }: TestOptions = {}): Promise<TestServer> {
  const shared = ownServer ? undefined : process.env.TEST_POSTGRES_URL
  const server = shared
    ? sharedServer(shared)
    : await newServer('postgres', (dataDir) => startPostgres({ dataDir }))
  const database = randomName()
  await administer(server.url, `create database ${database}`)
  return {
    ...server,
    url: urlOf(server, database),
    async [Symbol.asyncDispose]() {
      if (shared) await administer(shared, `drop database ${database} with (force)`)
      await server[Symbol.asyncDispose]()
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = openAdminClient(url)
  await sql.unsafe(statement).finally(() => sql.end({ timeout: 1 }))
}

/** A new MongoDB database, named in the url: on TEST_MONGODB_URL's server, else on its own. */
export async function testMongo({
  ownServer = false,
}: TestOptions = {}): Promise<TestServer & { database: string }> {
  const shared = ownServer ? undefined : process.env.TEST_MONGODB_URL
  const server = shared
    ? sharedServer(shared)
    : await newServer('mongodb', (dataDir) => startMongodb({ dataDir }))
  const database = randomName()
  return {
    ...server,
    url: urlOf(server, database),
    database,
    async [Symbol.asyncDispose]() {
      if (shared) await dropMongodbDatabase(shared, database)
      await server[Symbol.asyncDispose]()
    },
  }
}

async function dropMongodbDatabase(url: string, database: string): Promise<void> {
  const client = new MongoClient(url)
  const dropped = client.db(database).dropDatabase()
  await dropped.finally(() => client.close())
}

/**
 * A NATS server of the test's own, with JetStream; without users everyone may do everything.
 * @param lines further lines of its configuration
 * @param version exactly this one
 */
export async function testNats({
  users = [],
  lines = [],
  version,
}: {
  users?: readonly NatsUser[]
  lines?: readonly string[]
  version?: string
} = {}): Promise<TestServer> {
  const env = version === undefined ? process.env : { ...process.env, NATS_SERVER_VERSION: version }
  return newServer('nats', (dataDir) => startNats({ dataDir, users, lines, env }))
}

async function newServer(name: string, start: (dataDir: string) => Promise<Server>): Promise<TestServer> {
  const folder = await tempFolder()
  try {
    const server = await start(join(folder, name))
    const { url, kill, restart } = server
    return {
      url,
      kill,
      restart,
      signal: (name) => void (server.pid !== undefined && process.kill(server.pid, name)),
      async [Symbol.asyncDispose]() {
        // The data is removed too, so an orderly stop would be wasted time.
        await kill()
        await removeTempFolder(folder)
      },
    }
  } catch (error) {
    await removeTempFolder(folder)
    throw error
  }
}

function sharedServer(url: string): TestServer {
  const refuse = () => {
    throw new Error('other tests use this server: ask for { ownServer: true }')
  }
  const reject = async () => refuse()
  return {
    url,
    kill: reject,
    restart: reject,
    signal: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function urlOf(server: TestServer, database: string): string {
  const url = new URL(server.url)
  url.pathname = database
  return url.href
}

const randomName = () => `test_${randomBytes(6).toString('hex')}`
