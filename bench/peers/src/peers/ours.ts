import { join } from 'node:path'
import { anyPorts } from '@saucery/local/system/service-ports'
import { startSystem } from '@saucery/local/system/system'
import type { Peer, PeerPlace, RunningPeer } from '../peer.ts'

const ours = (title: string, through: 'order' | 'gateway'): Peer => ({
  title,
  less: '',
  sweeps: true,
  start: (place) => startOurs(place, through),
})

export const direct = ours('This system, order called directly', 'order')
export const throughGateway = ours('This system, through its gateway', 'gateway')

async function startOurs({ folder, say }: PeerPlace, through: 'order' | 'gateway'): Promise<RunningPeer> {
  const system = await startSystem({
    dataDir: join(folder, 'data'),
    ports: anyPorts,
    // The services read an empty setting as unset: no delivery is completed, as with the others.
    env: { ...process.env, LOG_LEVEL: 'warn', DELIVERY_DURATION_MS: '' },
    print: say,
    onLine: (service, line) => say(`${service}: ${line}`),
  })
  const { gateway, ...services } = system.services
  return {
    urls: { orders: system.urls[through], views: system.urls.dashboard },
    processes: { ...services, ...(through === 'gateway' && { gateway }), ...system.servers },
    stores: Object.values(system.servers).map(({ what }) => what),
    effects: [
      {
        what: 'charged',
        database: system.databases.payments,
        query: 'select idempotency_key as order_id from simulated_charges',
      },
      {
        what: 'delivery started',
        database: system.databases.deliveries,
        query: `select substring(subject from '[^.]+$') as order_id from outbox where subject like 'deliveries.started.%'`,
      },
    ],
    kill: () => system.kill(),
  }
}
