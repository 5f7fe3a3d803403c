import { join } from 'node:path'
import { provision } from '@saucery/provision/provision'
import type { Found } from '@saucery/servers/install/found'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { findMongodb } from '@saucery/servers/mongodb/find-mongodb'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findNats } from '@saucery/servers/nats/find-nats'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Print } from '@saucery/servers/process/child'
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

/** The servers, and each service's access to its own part of them. */
export interface Stores {
  readonly servers: Record<StoreName, Server>
  /** URLs with the owner's name and password. */
  readonly databases: Record<'orders' | 'payments' | 'deliveries' | 'dashboard', string>
  readonly nats: NatsAccess
}

/** Finds or starts the three stores at once, with their databases and streams. When one fails, all are stopped. */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const servers: Server[] = []
  const onStart = (server: Server) => {
    servers.push(server)
    return server
  }
  const starting = [
    preparePostgres(options, onStart),
    prepareNats(options, onStart),
    prepareMongodb(options, onStart),
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
    await Promise.all(servers.map((server) => server.stop()))
    throw error
  }
}

type OnStart = (server: Server) => Server

async function preparePostgres(options: StoresOptions, onStart: OnStart) {
  const found = printed(await findPostgres(options), options)
  const server = onStart(await startPostgres(found, settingsOf('postgres', options)))
  const names = ['postgres-order', 'postgres-payment', 'postgres-delivery'] as const
  const passwords = loadOrCreateSecrets(options.dataDir, names)
  const databases = await createDatabases(server.url, [
    { database: 'orders', role: 'order', password: passwords['postgres-order'] },
    { database: 'payments', role: 'payment', password: passwords['postgres-payment'] },
    { database: 'deliveries', role: 'delivery', password: passwords['postgres-delivery'] },
  ] as const)
  return { server, databases }
}

async function prepareNats(options: StoresOptions, onStart: OnStart) {
  const { dataDir, env, print } = options
  const found = printed(await findNats(options), options)
  const users = natsUsers(dataDir)
  const server = onStart(await startNats(found, { ...settingsOf('nats', options), users }))
  if (!server.isOurs) print('All services use the credentials in NATS_URL: least privilege is off')
  const access = server.isOurs ? accessPerUser(server.url, users) : accessFromUrl(server.url)
  await provision({ url: access.url, ...access.users.provisioner }, Number(env.STREAM_REPLICAS || 1))
  await writeOperatorContext(dataDir, access)
  return { server, access }
}

async function prepareMongodb(options: StoresOptions, onStart: OnStart) {
  const settings = settingsOf('mongodb', options)
  const found = printed(await findMongodb({ ...options, ...settings }), options)
  const server = onStart(await startMongodb(found, settings))
  return { server, database: withDatabase(server.url, 'dashboard') }
}

function printed<Program>(found: Found<Program>, { print }: StoresOptions): Found<Program> {
  print(`${found.what} (${found.why})`)
  return found
}

const settingsOf = (store: StoreName, { dataDir, ports, print }: StoresOptions) => ({
  dataDir: join(dataDir, store),
  port: ports[store],
  print,
})
