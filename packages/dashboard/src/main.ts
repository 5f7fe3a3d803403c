import { requireCaller } from '@saucery/chassis/auth/authorize'
import { serveUntilStopped } from '@saucery/chassis/lifecycle/serve'
import { connectToBroker, waitUntilUp } from '@saucery/chassis/lifecycle/startup'
import { measureOperations } from '@saucery/chassis/operations/metrics'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import { dashboardApi } from './http/app.ts'
import { openEventWaiter } from './http/event-waiter.ts'
import { viewToJson } from './http/to-json.ts'
import { openFeed } from './live/feed.ts'
import { operatedByDashboard } from './operations/operations.ts'
import { countOverdue } from './operations/overdue.ts'
import { openProjection } from './projection/builder.ts'
import { measureProjection } from './projection/metrics.ts'
import { reactions } from './reactions.ts'
import { dashboardSettings } from './settings.ts'
import { eventLocations } from './store/event-location.ts'
import { isStoreOutage } from './store/mongo-errors.ts'
import { openViews } from './store/view-store.ts'

const settings = settingsOrExit(dashboardSettings)
const log = openLog('dashboard', settings)
const broker = await connectToBroker('dashboard', settings, log)
const views = openViews(settings.MONGODB_URL, undefined, eventLocations(broker))
await waitUntilUp('MongoDB', views.connect, isStoreOutage, log)
const arrivals = openEventWaiter({ views, log })
const feed = openFeed({
  broker,
  views,
  toJson: viewToJson(settings),
  mostListeners: settings.LIVE_CLIENTS,
  mostOfOne: settings.LIVE_CLIENTS_PER_CALLER,
  log,
})
const listen = (durable: string) =>
  openConsumers({
    broker,
    durable,
    subscriptions: subscriptionsOf('dashboard'),
    handle: reactions(views, arrivals.heard),
    isOutage: isStoreOutage,
    // The store writes an order's events together.
    inKeyOrder: false,
    maxAckPending: 5000,
    replicas: settings.STREAM_REPLICAS,
    log,
  })
const projection = await waitUntilUp(
  'MongoDB',
  () => openProjection({ views, broker, listen, keepMs: settings.PROJECTION_KEEP_MS, log }),
  isStoreOutage,
  log,
)
const metrics = openMetrics()
measureProjection(projection, metrics)

const overdue = countOverdue({ views, deadlines: settings, metrics, log })
const app = dashboardApi({
  views,
  arrivals,
  feed,
  deadlines: settings,
  requireCaller: requireCaller('dashboard', settings, log),
  log,
})
const operated = operatedByDashboard({
  broker,
  consumers: projection,
  views,
  projection: projection.progress,
})
addOperationsRoutes(app, operated)
measureOperations(metrics, operated, log)
await serveUntilStopped(app, {
  settings,
  log,
  metrics,
  checks: { database: views.isUp },
  toStart: { broker: broker.isConnected, consumers: projection.isReady },
  onSignal() {
    arrivals.end()
    return feed.stop()
  },
  stop: [feed.stop, overdue.stop, projection.stop, broker.close, views.close],
})
