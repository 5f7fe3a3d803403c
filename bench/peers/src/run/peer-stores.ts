import { join } from 'node:path'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import type { Server } from '@saucery/servers/process/server'
import { connect } from 'nats'
import type { PeerPlace } from '../peer.ts'

const databases = [
  { database: 'orders', role: 'order', password: 'order' },
  { database: 'payments', role: 'payment', password: 'payment' },
  { database: 'deliveries', role: 'delivery', password: 'delivery' },
] as const

const streams = [
  { name: 'ORDERS', subjects: ['orders.>'] },
  { name: 'PAYMENTS', subjects: ['payments.>'] },
  { name: 'DELIVERIES', subjects: ['deliveries.>'] },
]

export interface PeerStores {
  readonly servers: Readonly<Record<string, Server>>
  /** A database for each service, as in this system. */
  readonly databases: Readonly<Record<'orders' | 'payments' | 'deliveries', string>>
  readonly natsUrl: string
  readonly mongodbUrl: string
}

type StoreStart = (dataDir: string) => Promise<Server>

/** Starts the servers that a peer needs, with the settings that this system's own have, and makes its streams. */
export async function startPeerStores(
  { folder, say }: PeerPlace,
  { nats = false, mongodb = false },
): Promise<PeerStores> {
  const servers: { postgres?: Server; nats?: Server; mongodb?: Server } = {}
  const start = async (name: keyof typeof servers, wanted: boolean, begin: StoreStart) => {
    if (wanted) servers[name] = await begin(join(folder, name))
  }
  const starts = [
    start('postgres', true, (dataDir) => startPostgres({ dataDir, print: say })),
    start('nats', nats, (dataDir) => startNats({ dataDir, print: say })),
    start('mongodb', mongodb, (dataDir) => startMongodb({ dataDir, print: say })),
  ]
  try {
    await Promise.all(starts)
    const [natsUrl = '', mongodbUrl = ''] = [servers.nats?.url, servers.mongodb?.url]
    if (nats) await makeStreams(natsUrl)
    const urls = await createDatabases(String(servers.postgres?.url), databases)
    return { servers, databases: urls, natsUrl, mongodbUrl }
  } catch (error) {
    await Promise.allSettled(starts)
    await killAll(Object.values(servers))
    throw error
  }
}

async function makeStreams(url: string): Promise<void> {
  const connection = await connect({ servers: url })
  try {
    const jsm = await connection.jetstreamManager()
    for (const stream of streams) await ensureStream(jsm, stream, 1)
  } finally {
    await connection.close()
  }
}

export async function killAll(running: readonly { kill(): Promise<void> }[]): Promise<void> {
  await Promise.all(running.map((one) => one.kill()))
}
