import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { natsLimit } from '../limits/nats-limit.ts'
import { postgresLimit } from '../limits/postgres-limit.ts'
import { placeOrders, untilDelivered } from '../load/load.ts'
import type { Options } from '../options.ts'
import type { Results } from '../report/report.ts'
import { perSecond } from '../report/statistics.ts'
import { withSystem } from '../running.ts'
import { measureLatency } from './latency.ts'
import { measureThroughput } from './throughput.ts'

const WARM_UP = 2000

type Say = (text: string) => void

/** Everything, one after the other, so that nothing measured shares the machine with anything else. */
export async function measure(options: Options, say: Say, signal: AbortSignal): Promise<Results> {
  return {
    ...(await inTempFolder((folder) => underLoad(folder, options, say, signal))),
    latency: await inTempFolder((folder) => atRest(folder, options, say, signal)),
  }
}

async function inTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await tempFolder()
  try {
    return await use(folder)
  } finally {
    await removeTempFolder(folder)
  }
}

function underLoad(folder: string, { orders, clients, seconds }: Options, say: Say, signal: AbortSignal) {
  const env = { DELIVERY_DURATION_MS: '0' }
  return withSystem(clients, { folder, env, say, signal }, async (system, client) => {
    const load = async (size: { orders: number; clients: number }) => {
      const placed = await placeOrders(client, size, signal)
      await untilDelivered(client, placed.ids.toReversed(), signal)
      return placed
    }
    say(`Warming up with ${WARM_UP} orders`)
    await load({ orders: WARM_UP, clients })

    say(`Placing ${orders} orders from ${clients} clients`)
    const throughput = await measureThroughput(system, client, { orders, clients }, signal)

    const alone = Math.ceil(orders / 20)
    say(`Placing ${alone} orders from one client`)
    const { ms } = await load({ orders: alone, clients: 1 })

    const limitSeconds = Math.ceil(seconds / 2)
    say(`Measuring Postgres alone for ${limitSeconds} s`)
    const { url } = system.servers.postgres
    const postgres = await postgresLimit({ url, clients, seconds: limitSeconds, folder, signal })
    say(`Measuring NATS alone for ${limitSeconds} s`)
    const nats = await natsLimit(folder, limitSeconds, say, signal)
    const stores = Object.values(system.servers).map(({ what }) => what)
    return { stores, throughput, oneClientPerSecond: perSecond(alone, ms), limits: { postgres, nats } }
  })
}

function atRest(folder: string, { seconds }: Options, say: Say, signal: AbortSignal) {
  // Empty, as the services read it, is unset: deliveries stay on their way.
  const env = { DELIVERY_DURATION_MS: '' }
  return withSystem(256, { folder, env, say, signal }, async (_system, client) => {
    say('Warming up')
    await measureLatency(client, Math.ceil(seconds / 5), signal)
    say(`Placing 20 orders a second for ${seconds} s`)
    return measureLatency(client, seconds, signal)
  })
}
