import { natsLimit } from '../limits/nats-limit.ts'
import { postgresLimit } from '../limits/postgres-limit.ts'
import { placeOrders, untilDelivered } from '../load/load.ts'
import { perSecond } from '../report/statistics.ts'
import type { BenchContext } from '../run/run-bench.ts'
import { withSystem } from '../run/with-system.ts'
import { measureLatency } from './latency.ts'
import type { BenchOptions } from './options.ts'
import type { Results } from './table.ts'
import { measureThroughput } from './throughput.ts'

const WARM_UP = 2000

/** Everything, one after the other, so that no two measurements share the machine. */
export const measure = async (options: BenchOptions, context: BenchContext): Promise<Results> => ({
  ...(await underLoad(options, context)),
  latency: await atRest(options, context),
})

function underLoad({ orders, clients, seconds }: BenchOptions, context: BenchContext) {
  const { say, signal } = context
  const env = { DELIVERY_DURATION_MS: '0' }
  return withSystem(context, { connections: clients, env }, async ({ system, client, folder }) => {
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
    const nats = await natsLimit(folder, limitSeconds, context)
    const stores = Object.values(system.servers).map(({ what }) => what)
    return { stores, throughput, oneClientPerSecond: perSecond(alone, ms), limits: { postgres, nats } }
  })
}

function atRest({ seconds }: BenchOptions, context: BenchContext) {
  const { say, signal } = context
  // The services read an empty setting as unset: no delivery is completed.
  const env = { DELIVERY_DURATION_MS: '' }
  return withSystem(context, { connections: 256, env }, async ({ client }) => {
    say('Warming up')
    await measureLatency(client, Math.ceil(seconds / 5), signal)
    say(`Placing 20 orders a second for ${seconds} s`)
    return measureLatency(client, seconds, signal)
  })
}
