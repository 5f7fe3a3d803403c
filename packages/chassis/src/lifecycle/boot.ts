import { type Consumed, type Published, type Publisher, streamOf } from '@saucery/contracts/choreography'
import { type Broker, connectBroker, isBrokerOutage } from '@saucery/messaging/nats/connection'
import { openParticipant, type Participant } from '@saucery/messaging/participant'
import {
  type Database,
  isDatabaseOutage,
  isLoginRefused,
  openDatabase,
} from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import type { Aggregate } from '@saucery/messaging/unit-of-work'
import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import { requireCaller } from '../auth/authorize.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { measureOperations } from '../operations/metrics.ts'
import { addOperationsRoutes, type OperatedService } from '../operations/operations.ts'
import {
  type brokerSettings,
  type commandSettings,
  type participantSettings,
  settingsOrExit,
} from '../settings/settings.ts'
import { type Log, openLog } from '../telemetry/log.ts'
import { type Metrics, openMetrics } from '../telemetry/metrics.ts'
import { type ShutdownStep, serveUntilStopped } from './serve.ts'
import { exitOnSignal, waitUntilUp } from './shutdown.ts'

/** Connects a service that starts to the broker, waiting for one that is not there yet. */
export const connectToBroker = (
  name: string,
  settings: z.infer<typeof brokerSettings>,
  log: Log,
): Promise<Broker> =>
  exitOnSignal(() =>
    connectBroker({
      name,
      url: settings.NATS_URL,
      user: settings.NATS_USER,
      password: settings.NATS_PASSWORD,
      log,
    }),
  )

export interface Booted<Settings, State, S extends Publisher> {
  readonly settings: Settings
  readonly log: Log
  readonly metrics: Metrics
  readonly db: Database
  readonly broker: Broker
  readonly participant: Participant<State, Published<S>, Consumed<S>>
  readonly requireCaller: MiddlewareHandler
  /** Shows a detail in `/readyz`; it says nothing of whether the service is ready. */
  showDetail(detail: string, tell: () => unknown): void
  /** Serves, also what operators ask for, until a signal comes; finishes what is in hand, lets go, and exits. */
  run(app: OpenApiApp, ...before: ShutdownStep[]): Promise<never>
}

/**
 * Boots a service that has a Postgres database and a stream of its own: settings, migrations, connections, outbox.
 * @param migrations the folder of its migrations
 */
export async function boot<Schema extends typeof participantSettings, State, S extends Publisher>(
  service: S,
  schema: Schema,
  migrations: URL,
  aggregate: Aggregate<State, Published<S> | Consumed<S>>,
): Promise<Booted<z.infer<Schema>, State, S>> {
  const settings = settingsOrExit(schema)
  const log = openLog(service, settings)
  const isAway = (error: unknown) => isDatabaseOutage(error) && !isLoginRefused(error)
  await waitUntilUp('Postgres', () => migrate(settings.POSTGRES_URL, migrations), isAway, log)
  const database = openDatabase(settings.POSTGRES_URL, service)
  const broker = await connectToBroker(service, settings, log)
  const open = () =>
    openParticipant<State, Published<S>, Consumed<S>>({
      db: database.db,
      broker,
      stream: streamOf(service),
      replicas: settings.STREAM_REPLICAS,
      aggregate,
      retentionMs: settings.OUTBOX_RETENTION_MS,
      requestRetentionMs: (settings as Partial<z.infer<typeof commandSettings>>).IDEMPOTENCY_RETENTION_MS,
      log,
    })
  // Servers that were started together have no leader at first.
  const participant = await waitUntilUp('the stream', open, isBrokerOutage, log)
  process.on('SIGUSR2', participant.reconcile)
  const checks = { database: database.isUp }
  const toStart = { broker: broker.isConnected, consumers: participant.isReady }
  const details: Record<string, () => unknown> = {}
  const metrics = openMetrics()
  const operated: OperatedService = { service, broker, ...participant }
  measureOperations(metrics, operated, log)
  return {
    settings,
    log,
    metrics,
    db: database.db,
    broker,
    participant,
    requireCaller: requireCaller(service, settings, log),
    showDetail(detail, tell) {
      details[detail] = tell
    },
    run(app, ...before) {
      addOperationsRoutes(app, operated)
      return serveUntilStopped(
        app,
        log,
        settings,
        { checks, toStart, details, metrics },
        ...before,
        participant.stop,
        broker.close,
        database.close,
      )
    },
  }
}
