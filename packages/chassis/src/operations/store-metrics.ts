import type { PoolState } from '@saucery/messaging/postgres/database'
import { withTimeout } from '../async/timeout.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { gaugesReadBy, type Sample } from '../telemetry/read-gauge.ts'

/** A store, or the broker, as a service sees it. */
export interface MeasuredStore {
  isUp(): boolean | Promise<boolean>
  /** Absent where one connection is shared by all. */
  pool?(): PoolState
}

type MeasuredStores = Readonly<Partial<Record<'postgres' | 'nats' | 'mongodb', MeasuredStore>>>

/** Within the time that a scrape waits for a number. */
const upWithinMs = 1500

/** Whether this process can use its stores, and how far its pools are used. */
export function measureStores(metrics: Metrics, stores: MeasuredStores, log: Log): void {
  const measure = gaugesReadBy(metrics, log)
  const all = Object.entries(stores)
  const upOf = async ([store, { isUp }]: (typeof all)[number]): Promise<Sample> => {
    const up = await withTimeout(upWithinMs, (async () => isUp())()).catch(() => false)
    return [{ store }, Number(up)]
  }
  measure('store_up', 'Whether this process can use the store now: 1 or 0', ['store'], () =>
    Promise.all(all.map(upOf)),
  )
  const pools = all.flatMap(([store, { pool }]) => (pool ? { store, pool } : []))
  const ofPools = (field: keyof PoolState) => () =>
    pools.map(({ store, pool }): Sample => [{ store }, pool()[field]])
  measure('store_pool_size', 'Most connections that the pool may open', ['store'], ofPools('size'))
  measure('store_pool_open', 'Connections that are open, or being opened', ['store'], ofPools('open'))
  measure('store_pool_in_use', 'Connections that work at this moment', ['store'], ofPools('inUse'))
  measure('store_pool_waiting', 'Pieces of work that wait for a connection', ['store'], ofPools('waiting'))
}
