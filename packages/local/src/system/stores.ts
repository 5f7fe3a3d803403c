import { join } from 'node:path'
import { provision } from '@saucery/provision/provision'
import type { Choice, Say } from '@saucery/servers/install/choice'
import { toolsFolder as tools } from '@saucery/servers/install/folders'
import { secrets } from '@saucery/servers/install/secrets'
import { findMongodb } from '@saucery/servers/mongodb/find-mongodb'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { findNats } from '@saucery/servers/nats/find-nats'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Server } from '@saucery/servers/process/server'
import { type NatsAccess, natsUsers, ownAccess, sharedAccess } from '../access/nats-users.ts'
import { writeOperatorContext } from '../access/operator.ts'
import type { Ports, StoreName } from './service-ports.ts'

export interface StoresOptions {
  readonly dataDir: string
  readonly ports: Pick<Ports, StoreName>
  readonly env: NodeJS.ProcessEnv
  readonly say: Say
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

async function preparePostgres({ dataDir, ports, env, say }: StoresOptions, keep: Keep) {
  const choice = announced(await findPostgres({ env }), say)
  const port = portOf(ports.postgres)
  const server = keep(await startPostgres(choice, { dataDir: join(dataDir, 'postgres'), ...port, say }))
  const passwords = secrets(dataDir, ['postgres-order', 'postgres-payment', 'postgres-delivery'])
  const databases = await createDatabases(server.url, [
    { database: 'orders', role: 'order', password: passwords['postgres-order'] },
    { database: 'payments', role: 'payment', password: passwords['postgres-payment'] },
    { database: 'deliveries', role: 'delivery', password: passwords['postgres-delivery'] },
  ] as const)
  return { server, databases }
}

async function prepareNats({ dataDir, ports, env, say }: StoresOptions, keep: Keep) {
  const choice = announced(await findNats({ tools, say, env }), say)
  const users = natsUsers(dataDir)
  const port = portOf(ports.nats)
  const server = keep(await startNats(choice, { dataDir: join(dataDir, 'nats'), ...port, users, say }))
  const own = choice.kind !== 'environment'
  if (!own) say('All services use the credentials in NATS_URL: least privilege is off')
  const access = own ? ownAccess(server.url, users) : sharedAccess(server.url)
  await provision({ url: access.url, ...access.users.provisioner }, Number(env.STREAM_REPLICAS || 1))
  await writeOperatorContext(dataDir, access)
  return { server, access }
}

async function prepareMongodb({ dataDir, ports, env, say }: StoresOptions, keep: Keep) {
  const folder = join(dataDir, 'mongodb')
  const choice = announced(await findMongodb({ tools, say, env, dataDir: folder }), say)
  const server = keep(await startMongodb(choice, { dataDir: folder, ...portOf(ports.mongodb), say }))
  return { server, database: withDatabase(server.url, 'dashboard') }
}

function announced<Program>(choice: Choice<Program>, say: Say): Choice<Program> {
  say(`${choice.what} (${choice.why})`)
  return choice
}

const portOf = (port: number) => (port === 0 ? {} : { port })
