import { silentLog } from '@saucery/chassis/testing/log'
import type { Log } from '@saucery/messaging/log'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { testKeys } from '@saucery/messaging/testing/keys'
import { openProjection, type ProjectionOptions } from '../projection/builder.ts'
import { consumeEvents, reactions } from '../reactions.ts'
import { openViews } from '../store/view-store.ts'
import type { Fold } from '../store/view-writer.ts'
import { viewOf } from '../view/order-view.ts'

interface Options {
  readonly nats: string
  readonly mongo: string
  readonly version?: number
  readonly keepMs?: number
  /** A smaller number slows the build down, so that a test can act in between. */
  readonly maxAckPending?: number
  /** Until it resolves, an order's event stays in flight. */
  readonly hold?: (orderId: string) => Promise<unknown>
  readonly log?: Log
}

/** Versions above 1 have a field more, with the version's number; nothing else differs. */
export const foldOf = (version: number): Fold => ({
  version,
  view: (orderId, timeline) => ({
    ...viewOf(orderId, timeline),
    ...(version > 1 ? { builtBy: version } : {}),
  }),
})

/** One process of the dashboard that builds the documents of a version. */
export async function openBuilding(options: Options) {
  const { nats, mongo, version = 1, keepMs = 3_600_000, maxAckPending = 5000, log = silentLog } = options
  const views = openViews(mongo, foldOf(version))
  const react = reactions(views)
  const broker = await connectBroker({ url: nats, name: 'dashboard', keys: testKeys, log })
  async function handle(event: Parameters<typeof react>[0]): Promise<void> {
    await options.hold?.(event.data.orderId)
    await react(event)
  }
  const { state } = views
  const consume: ProjectionOptions['consume'] = (durable, maxHeldBesideLane) =>
    consumeEvents({
      broker,
      durable,
      maxHeldBesideLane,
      handle,
      state,
      isUp: views.isUp,
      maxAckPending,
      maxHeld: maxAckPending,
      replicas: 1,
      log,
    })
  const projection = await openProjection({ views, broker, consume, keepMs, log, everyMs: 100 })
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
