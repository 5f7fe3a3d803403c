import { fileURLToPath } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { freePort } from '@saucery/servers/process/ports'
import type { Peer, PeerPlace, RunningPeer } from '../peer.ts'
import { startParts } from '../run/parts.ts'
import { startPeerStores } from '../run/peer-stores.ts'

const main = fileURLToPath(new URL('../poller/main.ts', import.meta.url))

/** One message at a time, as a textbook would write it. */
export const outboxPoller: Peer = {
  title: 'Outbox poller (TypeScript), MongoDB stand-in',
  less: 'no timeline, no cancel, no deadlines; charges in its own transaction',
  start: startOutboxPoller,
}

async function startOutboxPoller(place: PeerPlace): Promise<RunningPeer> {
  const stores = await startPeerStores(place, { nats: true, mongodb: true })
  const { databases, natsUrl, mongodbUrl } = stores
  const [orders, views] = [await freePort(), await freePort()]
  const part = (name: string, env: NodeJS.ProcessEnv) => ({
    name,
    file: process.execPath,
    args: ['--import', 'tsx', main, name],
    cwd: root,
    env: { NATS_URL: natsUrl, ...env },
  })
  const parts = [
    part('order', { DATABASE_URL: databases.orders, PORT: String(orders) }),
    part('payment', { DATABASE_URL: databases.payments }),
    part('delivery', { DATABASE_URL: databases.deliveries }),
    part('dashboard', { MONGODB_URL: mongodbUrl, PORT: String(views) }),
  ]
  return {
    ...(await startParts(place, stores, parts)),
    urls: { orders: `http://127.0.0.1:${orders}`, views: `http://127.0.0.1:${views}` },
    effects: [
      { what: 'charged', database: databases.payments, query: 'select order_id from charges' },
      { what: 'delivery started', database: databases.deliveries, query: 'select order_id from deliveries' },
    ],
  }
}
