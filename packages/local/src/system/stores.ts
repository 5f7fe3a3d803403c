import { join } from 'node:path'
import { type Family, familyOf, publishers } from '@saucery/contracts/choreography'
import { provision } from '@saucery/provision/provision'
import type { WhatAndWhy } from '@saucery/servers/install/found'
import { loadOrCreateSecrets } from '@saucery/servers/install/secrets'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { withDatabase } from '@saucery/servers/mongodb/url'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Print } from '@saucery/servers/process/child'
import type { Server } from '@saucery/servers/process/server'
import {
  accessFromUrl,
  accessPerUser,
  type NatsAccess,
  natsUsers,
  writeOperatorContext,
} from '../access/nats-users.ts'
import { type Ports, perStore, type StoreName } from './service-ports.ts'

export interface StoresOptions {
  /** Data, logs and passwords; the next start on it finds the same orders. */
  readonly dataDir: string
  readonly ports: Ports
  /** URLs of stores, and the services' settings. */
  readonly env: NodeJS.ProcessEnv
  readonly print: Print
  /** Gets which store was found, and why, in the place of a printed line. */
  readonly onFound?: (store: StoreName, found: WhatAndWhy) => void
  /** Called when a store answers. */
  readonly onReady?: (store: StoreName) => void
}

/** The servers, and each service's access to its own part of them. */
export interface Stores {
  readonly servers: Record<StoreName, Server>
  /** URLs with the owner's name and password. */
  readonly databases: Record<Family | 'dashboard', string>
  readonly nats: NatsAccess
}

/** Finds or starts the three stores at once, with their databases and streams. When one fails, all are stopped. */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const { dataDir, ports, env, print, onFound, onReady } = options
  const optionsOf = (store: StoreName) => ({
    dataDir: join(dataDir, store),
    port: ports[store],
    env,
    print,
    onFound: onFound && ((found: WhatAndWhy) => onFound(store, found)),
  })
  // Before any server starts: it throws where the file of passwords cannot be read.
  const users = natsUsers(dataDir)
  const starting = {
    postgres: startPostgres(optionsOf('postgres')),
    nats: startNats({ ...optionsOf('nats'), users }),
    mongodb: startMongodb(optionsOf('mongodb')),
  }
  perStore((store) =>
    starting[store].then(
      () => onReady?.(store),
      () => {},
    ),
  )
  const preparing = [
    starting.postgres.then((server) => createServiceDatabases(server, options)),
    starting.nats.then((server) => openNats(server, options)),
  ] as const
  try {
    const [databases, nats, postgres, broker, mongodb] = await Promise.all([
      ...preparing,
      starting.postgres,
      starting.nats,
      starting.mongodb,
    ])
    return {
      servers: { postgres, nats: broker, mongodb },
      databases: { ...databases, dashboard: withDatabase(mongodb.url, 'dashboard') },
      nats,
    }
  } catch (error) {
    // What uses a server ends before the server does.
    // (stores.int.test: "stops a server only when the databases and the streams are no longer being made")
    await Promise.allSettled(preparing)
    const started = await Promise.allSettled(Object.values(starting))
    await Promise.all(started.map((start) => start.status === 'fulfilled' && start.value.stop()))
    throw error
  }
}

function createServiceDatabases({ url }: Server, { dataDir }: StoresOptions) {
  const names = publishers.map((role) => `postgres-${role}` as const)
  const passwords = loadOrCreateSecrets(dataDir, names)
  const owned = publishers.map((role) => ({
    database: familyOf(role),
    role,
    password: passwords[`postgres-${role}`],
  }))
  return createDatabases(url, owned)
}

/** Makes the streams, and gives each service its user. */
async function openNats(
  { url, isOurs }: Server,
  { dataDir, env, print }: StoresOptions,
): Promise<NatsAccess> {
  if (!isOurs) print('All services use the credentials in NATS_URL: least privilege is off')
  const access = isOurs ? accessPerUser(url, natsUsers(dataDir)) : accessFromUrl(url)
  await provision({ url: access.url, ...access.users.provisioner }, Number(env.STREAM_REPLICAS || 1))
  writeOperatorContext(dataDir, access)
  return access
}
