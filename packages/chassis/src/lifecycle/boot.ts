import {
  type Consumed,
  type Published,
  type Publisher,
  streamOf,
  subscriptionsOf,
} from '@saucery/contracts/choreography'
import { runEvery } from '@saucery/messaging/async/periodic'
import type { Fact } from '@saucery/messaging/events/event'
import { isBrokerOutage } from '@saucery/messaging/nats/connection'
import { openParticipant } from '@saucery/messaging/participant'
import { isDatabaseOutage, isLoginRefused, openDatabase } from '@saucery/messaging/postgres/database'
import { isLockTimeout } from '@saucery/messaging/postgres/locks'
import { migrate } from '@saucery/messaging/postgres/migrate'
import type { Aggregate } from '@saucery/messaging/unit-of-work'
import type { z } from 'zod'
import { requireCaller } from '../auth/authorize.ts'
import type { Lease } from '../drills/drill-store.ts'
import { followDrills } from '../drills/follow.ts'
import { leaseLoad, postgresDrills } from '../drills/postgres-drills.ts'
import { addDrillRoutes } from '../drills/routes.ts'
import { throwingInDrill } from '../drills/throwing.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { observeConsumers } from '../operations/consumer-metrics.ts'
import { openOperationsWorker } from '../operations/jobs.ts'
import { measureOperations } from '../operations/metrics.ts'
import type { OperatedService } from '../operations/operated.ts'
import { addOperationsRoutes } from '../operations/operations.ts'
import { addOrderFailuresRoute } from '../operations/order-failures.ts'
import { measureStores } from '../operations/store-metrics.ts'
import { type commandSettings, type participantSettings, settingsOrExit } from '../settings/settings.ts'
import { openLog } from '../telemetry/log.ts'
import { openMetrics } from '../telemetry/metrics.ts'
import { openTraces } from '../telemetry/traces.ts'
import { type ServeOptions, serveUntilStopped } from './serve.ts'
import { connectToBroker, waitUntilUp } from './startup.ts'

type RunOptions = Pick<ServeOptions, 'details' | 'onSignal'> & Pick<OperatedService, 'openCallsOf'>

/** Whether a database that fails so at the start can be waited for; else a setting is wrong. */
export const mayPass = (error: unknown): boolean =>
  isLockTimeout(error) || (isDatabaseOutage(error) && !isLoginRefused(error))

/** Boots a service that has a Postgres database and a stream: settings, migrations, connections, outbox. */
export async function boot<
  Schema extends typeof participantSettings,
  State,
  S extends Publisher,
  Own extends Fact = never,
>(
  service: S,
  schema: Schema,
  migrations: URL,
  aggregate: Aggregate<State, Published<S> | Consumed<S> | Own>,
) {
  const settings = settingsOrExit(schema)
  const log = openLog(service, settings)
  const stopTraces = await openTraces(service, settings, log)
  await waitUntilUp('Postgres', () => migrate(settings.POSTGRES_URL, migrations), mayPass, log)
  const { db, isUp, pool, close } = openDatabase(settings.POSTGRES_URL, service)
  const broker = await connectToBroker(service, settings, log)
  const metrics = openMetrics()
  const observer = observeConsumers(metrics, subscriptionsOf(service))
  const open = () =>
    openParticipant<State, Published<S>, Consumed<S>, Own>({
      db,
      broker,
      stream: streamOf(service),
      replicas: settings.STREAM_REPLICAS,
      aggregate,
      retentionMs: settings.OUTBOX_RETENTION_MS,
      requestRetentionMs: (settings as Partial<z.infer<typeof commandSettings>>).IDEMPOTENCY_RETENTION_MS,
      observer,
      log,
    })
  // A cluster whose servers have just started has no leader yet.
  const participant = await waitUntilUp('the stream', open, isBrokerOutage, log)
  process.on('SIGUSR2', participant.reconcile)
  measureStores(metrics, { postgres: { isUp, pool }, nats: { isUp: broker.isConnected } }, log)
  const operated: OperatedService = { service, broker, ...participant }
  measureOperations(metrics, operated, log)
  const drillStore = postgresDrills(db)
  const drills = followDrills(drillStore, settings.DRILLS === 'on', log)
  await drills.known
  const stopTasks: (() => Promise<unknown>)[] = [drills.stop]
  return {
    settings,
    log,
    metrics,
    db,
    broker,
    commit: participant.commit,
    comparedUntil: participant.comparedUntil,
    /** The load and the faults that operators have made on purpose. */
    drills,
    requireCaller: requireCaller(service, settings, log),
    /** Starts to consume the service's events. */
    consume(handle: Parameters<typeof participant.consume>[1]): void {
      participant.consume(subscriptionsOf(service), throwingInDrill(drills, handle))
    },
    /** As `runEvery`, until the service stops. */
    runEvery(
      what: string,
      everyMs: number,
      run: (stopping: AbortSignal) => Promise<unknown>,
      rest?: number,
    ): void {
      stopTasks.push(runEvery(what, everyMs, run, log, rest).stop)
    },
    /** Serves the app and its operations until a signal comes; then stops and exits. */
    run(app: OpenApiApp, options: RunOptions = {}): Promise<never> {
      const { openCallsOf, ...served } = options
      const worker = openOperationsWorker(operated, log)
      stopTasks.push(worker.stop)
      addOperationsRoutes(app, { ...operated, wake: worker.now })
      addOrderFailuresRoute(app, { ...operated, ...(openCallsOf && { openCallsOf }) })
      const lease = service === 'order' && ((of: Lease) => leaseLoad(db, of))
      addDrillRoutes(app, { service, drills, store: drillStore, ...(lease && { lease }) })
      return serveUntilStopped(app, {
        ...served,
        // Not a check: a service that cannot publish keeps its events and answers, and all its replicas would go at
        // once. (decision 30)
        details: { outbox: participant.publishing, ...served.details },
        settings,
        log,
        metrics,
        checks: { database: isUp },
        toStart: { broker: broker.isConnected, consumers: participant.isReady },
        stop: [...stopTasks, participant.stop, broker.close, close, stopTraces],
      })
    },
  }
}
