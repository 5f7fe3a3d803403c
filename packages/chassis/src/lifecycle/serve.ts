import type { Hono } from 'hono'
import type { z } from 'zod'
import { withTimeout } from '../async/timeout.ts'
import { serve } from '../http/server.ts'
import type { commonSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type Metrics, metricsApi, openMetrics } from '../telemetry/metrics.ts'
import { type Checks, type Details, health } from './health.ts'
import { stopSignal, stopWithin } from './shutdown.ts'

export type ShutdownStep = () => Promise<unknown>

/** What a service tells of itself. */
export interface Probes {
  readonly checks: Checks
  /** What else it needs, until it was ready once. */
  readonly toStart?: Checks
  readonly details?: Details
  readonly metrics?: Metrics
}

/** Serves the app with its health and metrics, until a signal comes; then stops accepting, runs the steps in order, and exits. */
export async function serveUntilStopped(
  app: Hono,
  log: Log,
  settings: z.infer<typeof commonSettings>,
  { checks, toStart, details, metrics = openMetrics() }: Probes,
  ...steps: ShutdownStep[]
): Promise<never> {
  const stopped = stopSignal()
  const isAlive = settings.FAULT_SWITCH === 'on' ? faultSwitch(log) : undefined
  app.route('/', health(checks, details, { isAlive, toStart })).route('/', metricsApi(metrics))
  const http = await serve(app, settings, log)
  log.info({ port: http.port }, 'listening')
  log.info({ signal: await stopped }, 'stopping')
  const graceMs = settings.SHUTDOWN_GRACE_MS
  // A client that takes its time with a request or an answer must not keep the steps from theirs.
  const forAnswersMs = graceMs - Math.min(stepsMs, graceMs / 2)
  const answered = () =>
    withTimeout(forAnswersMs, http.close()).catch((error) =>
      log.warn({ error }, 'clients are not waited for'),
    )
  return stopWithin(graceMs, log, answered, ...steps)
}

/** Kept for the steps of a stop. */
const stepsMs = 5000

/** Only who may send the process a signal can throw it: an operator of the machine or the pod. */
function faultSwitch(log: Log): () => boolean {
  let alive = true
  process.on('SIGHUP', () => {
    alive = false
    log.warn({}, 'fault switch thrown: no longer alive')
  })
  return () => alive
}
