import type { Hono } from 'hono'
import type { z } from 'zod'
import { type Checks, health } from './health.ts'
import { serve } from './http.ts'
import type { Log } from './log.ts'
import type { commonSettings } from './settings.ts'
import { stopSignal, stopWithin } from './stopping.ts'

export type Step = () => Promise<unknown>

/** Serves the app with its health, until a signal comes; then stops accepting, runs the steps in order, and exits. */
export async function serveUntilStopped(
  app: Hono,
  log: Log,
  settings: z.infer<typeof commonSettings>,
  checks: Checks,
  ...steps: Step[]
): Promise<never> {
  const stopped = stopSignal()
  app.route('/', health(checks))
  const http = await serve(app, settings)
  log.info({ port: http.port }, 'listening')
  log.info({ signal: await stopped }, 'stopping')
  return stopWithin(settings.SHUTDOWN_GRACE_MS, log, http.close, ...steps)
}
