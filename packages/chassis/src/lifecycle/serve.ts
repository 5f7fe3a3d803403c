import type { Hono } from 'hono'
import { withTimeout } from '../async/timeout.ts'
import { serve } from '../http/server.ts'
import type { CommonSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type Metrics, openMetrics } from '../telemetry/metrics.ts'
import type { HealthOptions } from './health.ts'
import { managementApi } from './management.ts'
import { type ShutdownStep, stopSignal, stopWithin } from './shutdown.ts'

export interface ServeOptions extends Omit<HealthOptions, 'isAlive'> {
  readonly settings: CommonSettings
  readonly log: Log
  readonly metrics?: Metrics
  /** Called as soon as the signal comes: ends waits and event streams, so that their answers can finish. */
  readonly onSignal?: () => unknown
  /** Run after the last answer, in this order: stop taking work, finish what is in flight, close connections. */
  readonly stop?: readonly ShutdownStep[]
}

/** Part of the grace time that answers cannot use: it is for the steps after them. */
const stepsMs = 5000

/** Serves the app, and beside it the probes and the metrics, until a signal comes; then stops and exits. */
export async function serveUntilStopped(
  app: Hono,
  { settings, log, metrics = openMetrics(), onSignal, stop = [], ...probes }: ServeOptions,
): Promise<never> {
  const signalled = stopSignal()
  const isAlive = settings.FAULT_SWITCH === 'on' ? faultSwitch(log) : undefined
  const http = await serve(app, settings, log)
  const management = await serve(
    managementApi({ ...probes, isAlive }, metrics, settings, log),
    { ...settings, PORT: settings.MANAGEMENT_PORT },
    log,
  )
  log.info({ port: http.port, managementPort: management.port }, 'listening')

  log.info({ signal: await signalled }, 'stopping')
  Promise.resolve(onSignal?.()).catch((error) => log.warn({ error }, 'a part did not end at the signal'))
  const graceMs = settings.SHUTDOWN_GRACE_MS
  // A slow client must not use up the time of the steps.
  // (shutdown.test: "runs its steps although a client never sends the rest of its request")
  const answersMs = graceMs - Math.min(stepsMs, graceMs / 2)
  // As long as the answers have announced that a connection is kept: no client uses it later.
  // (server.test: "answers what still comes on kept connections, with `connection: close`, and closes them then")
  const quietMs = Math.min(settings.KEEP_ALIVE_TIMEOUT_MS, 0.9 * answersMs)
  const finishAnswers = () =>
    withTimeout(answersMs, Promise.all([http.close(quietMs), management.close()])).catch((error) =>
      log.warn({ error, answersMs }, 'shutdown goes on without the last answers'),
    )
  return stopWithin(graceMs, log, [finishAnswers, ...stop])
}

/** @returns whether the process counts as alive: until SIGHUP, which only an operator of the machine or pod can send */
function faultSwitch(log: Log): () => boolean {
  let alive = true
  process.on('SIGHUP', () => {
    alive = false
    log.warn({}, 'fault switch thrown: /livez fails from now on')
  })
  return () => alive
}
