import { requireCaller } from '@saucery/chassis/auth/authorize'
import { followDrills } from '@saucery/chassis/drills/follow'
import { addDrillRoutes } from '@saucery/chassis/drills/routes'
import { throwingInDrill } from '@saucery/chassis/drills/throwing'
import { serveUntilStopped } from '@saucery/chassis/lifecycle/serve'
import { connectToBroker, waitUntilUp } from '@saucery/chassis/lifecycle/startup'
import { observeConsumers } from '@saucery/chassis/operations/consumer-metrics'
import { openOperationsWorker } from '@saucery/chassis/operations/jobs'
import { measureOperations } from '@saucery/chassis/operations/metrics'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { addOrderFailuresRoute } from '@saucery/chassis/operations/order-failures'
import { measureStores } from '@saucery/chassis/operations/store-metrics'
import { settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { openMetrics } from '@saucery/chassis/telemetry/metrics'
import { openTraces } from '@saucery/chassis/telemetry/traces'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { failingOf } from '@saucery/messaging/consumer/failing-messages'
import { dashboardApi } from './http/app.ts'
import { checkOrder, endWaits, openEventWaiter } from './http/event-waiter.ts'
import { openFeed } from './live/feed.ts'
import { resumeTokens } from './live/resume-token.ts'
import { measureConsumerAges } from './operations/consumer-ages.ts'
import { countOrdersPeriodically } from './operations/counting.ts'
import { lagOfOthers } from './operations/lag-of-others.ts'
import { countByStatus } from './operations/orders-by-status.ts'
import { countOverdue } from './operations/overdue.ts'
import { openPublishedEvents } from './operations/published-events.ts'
import { openProjection, type ProjectionOptions } from './projection/builder.ts'
import { measureProjection } from './projection/metrics.ts'
import { consumeEvents, reactions } from './reactions.ts'
import { dashboardSettings } from './settings.ts'
import { eventLocations } from './store/event-location.ts'
import { isStoreOutage } from './store/mongo-errors.ts'
import { openViews } from './store/view-store.ts'

const settings = settingsOrExit(dashboardSettings)
const limits = {
  maxClients: settings.LIVE_CLIENTS,
  maxClientsPerCaller: settings.LIVE_CLIENTS_PER_CALLER,
  maxClientsPerBranch: settings.LIVE_CLIENTS_PER_BRANCH,
}
const { STREAM_REPLICAS: replicas, PROJECTION_KEEP_MS: keepMs } = settings
const log = openLog('dashboard', settings)
const stopTraces = await openTraces('dashboard', settings, log)
const broker = await connectToBroker('dashboard', settings, log)
const views = openViews(settings.MONGODB_URL, undefined, eventLocations(broker))
await waitUntilUp('MongoDB', views.connect, isStoreOutage, log)
const waiter = openEventWaiter(views, log, settings.WAITING_REQUESTS)
const tokens = resumeTokens(settings.RESUME_TOKEN_KEY)
const feed = openFeed({ broker, views, tokens, deadlines: settings, ...limits, log })
const drills = followDrills(views.drills, settings.DRILLS === 'on', log)
await drills.known
const handle = throwingInDrill(
  drills,
  reactions(views, (orderId) => checkOrder(waiter, orderId)),
)
const { state, isUp, pool } = views
const metrics = openMetrics()
const observer = observeConsumers(metrics, subscriptionsOf('dashboard'))
const consume: ProjectionOptions['consume'] = (durable, maxHeldBesideLane) =>
  consumeEvents({ broker, durable, maxHeldBesideLane, handle, state, isUp, replicas, observer, log })
const build = () => openProjection({ views, broker, consume, keepMs, log })
const projection = await waitUntilUp('MongoDB', build, isStoreOutage, log)

process.on('SIGUSR2', projection.reconcile)
measureProjection(projection, metrics)
measureConsumerAges(metrics, broker, views.version, log)
measureStores(metrics, { mongodb: { isUp, pool }, nats: { isUp: broker.isConnected } }, log)
const overdue = countOverdue(views, settings, metrics, log)
const byStatus = countByStatus(views, metrics, log)
const counting = countOrdersPeriodically(views, log)
const { lag, reprocess, progress, reconcile, rebuild } = projection
const { handledAmong, catalog, operators } = views
const operated = {
  service: 'dashboard',
  broker,
  lag,
  reprocess,
  handledAmong,
  failingOf: (orderId: string) => failingOf(state, orderId),
  catalog,
  operators,
  reconcile,
  rebuild,
  projection: progress,
  overdue: overdue.latest,
  lagOfOthers: () => lagOfOthers(broker),
  publishedEvents: openPublishedEvents(broker),
} as const
measureOperations(metrics, operated, log)
const worker = openOperationsWorker(operated, log)

const callers = requireCaller('dashboard', settings, log)
const app = dashboardApi({ views, waiter, feed, deadlines: settings, requireCaller: callers, log })
addOperationsRoutes(app, { ...operated, wake: worker.now })
addOrderFailuresRoute(app, operated)
addDrillRoutes(app, { service: 'dashboard', drills, store: views.drills })
await serveUntilStopped(app, {
  settings,
  log,
  metrics,
  checks: { database: views.isUp },
  toStart: { broker: broker.isConnected, consumers: projection.isReady },
  // The HTTP server closes only after every wait and every live connection has ended. Its last answers may take as long
  // as they do, so no more events are received meanwhile: those in flight must be finished by then.
  onSignal() {
    endWaits(waiter)
    return Promise.all([
      feed.stop(),
      overdue.stop(),
      byStatus.stop(),
      counting.stop(),
      worker.stop(),
      projection.stop(),
    ])
  },
  stop: [
    feed.stop,
    overdue.stop,
    byStatus.stop,
    counting.stop,
    worker.stop,
    drills.stop,
    projection.stop,
    broker.close,
    views.close,
    stopTraces,
  ],
})
