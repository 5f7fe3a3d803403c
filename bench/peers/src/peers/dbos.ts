import { fileURLToPath } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { freePort } from '@saucery/servers/process/ports'
import type { Peer, PeerPlace, RunningPeer } from '../peer.ts'
import { startParts } from '../run/parts.ts'
import { startPeerStores } from '../run/peer-stores.ts'

const main = fileURLToPath(new URL('../dbos/main.ts', import.meta.url))

/** The saga as one durable workflow, whose steps are transactions that commit with their checkpoint. */
export const dbosTransact: Peer = {
  title: 'DBOS Transact (TypeScript), all in Postgres',
  less:
    'one process and one database for all services; no broker, no events that others could read; ' +
    'no document store; no timeline, no cancel, no deadlines; charges in its own transaction',
  start: startDbos,
}

async function startDbos(place: PeerPlace): Promise<RunningPeer> {
  const stores = await startPeerStores(place, {})
  const database = stores.databases.orders
  const port = await freePort()
  const program = {
    name: 'application',
    file: process.execPath,
    args: ['--import', 'tsx', main],
    cwd: root,
    env: { DATABASE_URL: database, PORT: String(port), NODE_ENV: 'production' },
  }
  const url = `http://127.0.0.1:${port}`
  return {
    ...(await startParts(place, stores, [program])),
    urls: { orders: url, views: url },
    effects: [
      { what: 'charged', database, query: 'select order_id from charges' },
      { what: 'delivery started', database, query: 'select order_id from deliveries' },
    ],
  }
}
