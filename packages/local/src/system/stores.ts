import { join } from 'node:path'
import { provision } from '@saucery/provision/provision'
import type { Found, Print } from '@saucery/servers/install/found'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { findMongodb } from '@saucery/servers/mongodb/find-mongodb'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findNats } from '@saucery/servers/nats/find-nats'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Server } from '@saucery/servers/process/server'
import { accessFromUrl, accessPerUser, type NatsAccess, natsUsers } from '../access/nats-users.ts'
import { writeOperatorContext } from '../access/operator.ts'
import type { Ports, StoreName } from './service-ports.ts'

export interface StoresOptions {
  readonly dataDir: string
  readonly ports: Pick<Ports, StoreName>
  readonly env: NodeJS.ProcessEnv
  readonly print: Print
}

/** The servers, and how each service gets into its own part of them. */
export interface Stores {
  readonly servers: Record<StoreName, Server>
  /** With names and passwords: for their owners alone. */
  readonly databases: Record<'orders' | 'payments' | 'deliveries' | 'dashboard', string>
  readonly nats: NatsAccess
}

/** Finds or starts Postgres, NATS and MongoDB at once, with their databases and streams. None is left when one fails. */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const started: Server[] = []
  const keep = (server: Server) => {
    started.push(server)
    return server
  }
  const starting = [
    preparePostgres(options, keep),
    prepareNats(options, keep),
    prepareMongodb(options, keep),
  ] as const
  try {
    const [postgres, nats, mongodb] = await Promise.all(starting)
    return {
      servers: { postgres: postgres.server, nats: nats.server, mongodb: mongodb.server },
      databases: { ...postgres.databases, dashboard: mongodb.database },
      nats: nats.access,
    }
  } catch (error) {
    await Promise.allSettled(starting)
    await Promise.all(started.map((server) => server.stop()))
    throw error
  }
}

type Keep = (server: Server) => Server

async function preparePostgres({ dataDir, ports, env, print }: StoresOptions, keep: Keep) {
  const found = announced(await findPostgres({ env }), print)
  const port = portOf(ports.postgres)
  const server = keep(await startPostgres(found, { dataDir: join(dataDir, 'postgres'), ...port, print }))
  const passwords = loadOrCreateSecrets(dataDir, ['postgres-order', 'postgres-payment', 'postgres-delivery'])
  const databases = await createDatabases(server.url, [
    { database: 'orders', role: 'order', password: passwords['postgres-order'] },
    { database: 'payments', role: 'payment', password: passwords['postgres-payment'] },
    { database: 'deliveries', role: 'delivery', password: passwords['postgres-delivery'] },
  ] as const)
  return { server, databases }
}

async function prepareNats({ dataDir, ports, env, print }: StoresOptions, keep: Keep) {
  const found = announced(await findNats({ print, env }), print)
  const users = natsUsers(dataDir)
  const port = portOf(ports.nats)
  const server = keep(await startNats(found, { dataDir: join(dataDir, 'nats'), ...port, users, print }))
  const own = found.kind !== 'environment'
  if (!own) print('All services use the credentials in NATS_URL: least privilege is off')
  const access = own ? accessPerUser(server.url, users) : accessFromUrl(server.url)
  await provision({ url: access.url, ...access.users.provisioner }, Number(env.STREAM_REPLICAS || 1))
  await writeOperatorContext(dataDir, access)
  return { server, access }
}

async function prepareMongodb({ dataDir, ports, env, print }: StoresOptions, keep: Keep) {
  const folder = join(dataDir, 'mongodb')
  const found = announced(await findMongodb({ print, env, dataDir: folder }), print)
  const server = keep(await startMongodb(found, { dataDir: folder, ...portOf(ports.mongodb), print }))
  return { server, database: withDatabase(server.url, 'dashboard') }
}

function announced<Program>(found: Found<Program>, print: Print): Found<Program> {
  print(`${found.what} (${found.why})`)
  return found
}

const portOf = (port: number) => (port === 0 ? {} : { port })
