import { silentLog } from '@saucery/chassis/testing/log'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import type { Log } from '@saucery/messaging/log'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openProjection } from '../projection/builder.ts'
import { reactions } from '../reactions.ts'
import { isStoreOutage } from '../store/mongo-errors.ts'
import { openViews } from '../store/view-store.ts'
import type { Fold } from '../store/view-writer.ts'
import { viewOf } from '../view/order-view.ts'

interface Options {
  readonly nats: string
  readonly mongo: string
  readonly version?: number
  readonly keepMs?: number
  /** Fewer make it slower, so that a test can come in between. */
  readonly maxAckPending?: number
  /** Until it resolves, an order's event is in hand. */
  readonly hold?: (orderId: string) => Promise<unknown>
  readonly log?: Log
}

/** A later version of the documents: they say so in a field, and nothing else differs. */
export const foldOf = (version: number): Fold => ({
  version,
  view: (orderId, timeline) => ({ ...viewOf(orderId, timeline), ...(version > 1 ? { told: version } : {}) }),
})

/** One process of the dashboard that builds documents of a version, and reads those that it should. */
export async function openBuilding(options: Options) {
  const { nats, mongo, version = 1, keepMs = 3_600_000, maxAckPending = 5000, log = silentLog } = options
  const views = openViews(mongo, foldOf(version))
  const react = reactions(views)
  const broker = await connectBroker({ url: nats, name: 'dashboard', log })
  const listen = (durable: string) =>
    openConsumers({
      broker,
      durable,
      subscriptions: subscriptionsOf('dashboard'),
      async handle(event: Parameters<typeof react>[0]) {
        await options.hold?.(event.data.orderId)
        await react(event)
      },
      isOutage: isStoreOutage,
      inKeyOrder: false,
      maxAckPending,
      replicas: 1,
      log,
    })
  const projection = await openProjection({ views, broker, listen, keepMs, log, everyMs: 100 })
  let stopped: Promise<void> | undefined
  async function stop(): Promise<void> {
    await projection.stop()
    await broker.close()
    await views.close()
  }
  return {
    views,
    projection,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}
