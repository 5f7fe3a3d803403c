import { natsLimit } from '../limits/nats-limit.ts'
import { postgresLimit } from '../limits/postgres-limit.ts'
import { placeOrders, untilDelivered } from '../load/load.ts'
import { perSecond } from '../report/statistics.ts'
import type { BenchContext } from '../run/run-bench.ts'
import { withSystem } from '../run/with-system.ts'
import { measureLatency } from './latency.ts'
import { measureThroughput } from './throughput.ts'

const WARM_UP = 2000

type Size = Readonly<Record<'orders' | 'clients' | 'seconds', number>>

export type Results = Awaited<ReturnType<typeof measure>>

/** Everything, one after the other, so that no two measurements share the machine. */
export const measure = async (size: Size, context: BenchContext) => ({
  ...(await underLoad(size, context)),
  latency: await atRest(size, context),
})

function underLoad({ orders, clients, seconds }: Size, context: BenchContext) {
  const start = { connections: clients, env: { DELIVERY_DURATION_MS: '0' } }
  return withSystem(context, start, async (running) => {
    const { say, system } = running
    const load = async (size: { orders: number; clients: number }) => {
      const placed = await placeOrders(running, size)
      await untilDelivered(running, placed.ids.toReversed())
      return placed
    }
    say(`Warming up with ${WARM_UP} orders`)
    await load({ orders: WARM_UP, clients })

    say(`Placing ${orders} orders from ${clients} clients`)
    const throughput = await measureThroughput(running, { orders, clients })

    const alone = Math.ceil(orders / 20)
    say(`Placing ${alone} orders from one client`)
    const { ms } = await load({ orders: alone, clients: 1 })

    const limitSeconds = Math.ceil(seconds / 2)
    say(`Measuring Postgres alone for ${limitSeconds} s`)
    const postgres = await postgresLimit(running, { clients, seconds: limitSeconds })
    say(`Measuring NATS alone for ${limitSeconds} s`)
    const nats = await natsLimit(running, limitSeconds)
    const stores = Object.values(system.servers).map(({ what }) => what)
    return { stores, throughput, oneClientPerSecond: perSecond(alone, ms), limits: { postgres, nats } }
  })
}

function atRest({ seconds }: Size, context: BenchContext) {
  // The services read an empty setting as unset: no delivery is completed.
  const start = { connections: 256, env: { DELIVERY_DURATION_MS: '' } }
  return withSystem(context, start, async (running) => {
    running.say('Warming up')
    await measureLatency(running, Math.ceil(seconds / 5))
    running.say(`Placing 20 orders a second for ${seconds} s`)
    return measureLatency(running, seconds)
  })
}
