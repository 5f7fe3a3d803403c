import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '@saucery/servers/install/folders'
import type { Print } from '@saucery/servers/process/child'
import { freePort } from '@saucery/servers/process/ports'
import { onPath } from '@saucery/servers/process/programs'
import { run } from '@saucery/servers/process/run'
import type { Peer, PeerPlace, RunningPeer } from '../peer.ts'
import { startParts } from '../run/parts.ts'
import { startPeerStores } from '../run/peer-stores.ts'

const source = fileURLToPath(new URL('../../watermill', import.meta.url))
const program = join(dataFolder, 'peers', 'watermill')

const watermill = (title: string, dashboard: 'memory' | 'mongodb'): Peer => ({
  title,
  less:
    `no timeline, no cancel, no deadlines; charges in its own transaction; ` +
    (dashboard === 'memory'
      ? 'no document store: a restart loses the dashboard'
      : 'keeps three fields an order'),
  prepare: buildWatermill,
  start: (place) => startWatermill(place, dashboard),
})

/** Its outbox, forwarder and NATS packages as their documentation tunes them: batches, many subscribers at once. */
export const watermillInMemory = watermill('Watermill (Go), dashboard in memory', 'memory')
export const watermillWithStore = watermill('Watermill (Go), MongoDB stand-in', 'mongodb')

/** Go rebuilds only what has changed. */
async function buildWatermill(say: Print): Promise<string | undefined> {
  const [go] = onPath('go', process.env)
  if (!go) return 'no Go on the PATH'
  say('building it with Go')
  const { code, stderr } = await run(go, ['build', '-o', program, '.'], { cwd: source })
  return code === 0 ? undefined : `Go does not build it: ${stderr.trim().split('\n').at(-1)}`
}

async function startWatermill(place: PeerPlace, dashboard: 'memory' | 'mongodb'): Promise<RunningPeer> {
  const stores = await startPeerStores(place, { nats: true, mongodb: dashboard === 'mongodb' })
  const { databases, natsUrl, mongodbUrl } = stores
  const [orders, views] = [await freePort(), await freePort()]
  const part = (name: string, env: NodeJS.ProcessEnv) => ({
    name,
    file: program,
    args: [name],
    cwd: source,
    env: { NATS_URL: natsUrl, MONGODB_URL: mongodbUrl, ...env },
  })
  const parts = [
    part('order', { DATABASE_URL: databases.orders, PORT: String(orders) }),
    part('payment', { DATABASE_URL: databases.payments }),
    part('delivery', { DATABASE_URL: databases.deliveries }),
    part('dashboard', { PORT: String(views) }),
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
