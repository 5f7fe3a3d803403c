import { Hono } from 'hono'
import { refuseForeign } from '../http/foreign-requests.ts'
import { nameRoutes } from '../http/name-route.ts'
import { handleProblems } from '../http/problem.ts'
import type { CommonSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type Metrics, metricsApi } from '../telemetry/metrics.ts'
import { type HealthOptions, health } from './health.ts'

/**
 * The probes and the metrics, for the orchestrator and Prometheus. Their port is not for clients, so nothing is counted
 * or asked for a token there. (decision 34)
 */
export function managementApi(
  probes: HealthOptions,
  metrics: Metrics,
  { AUTH, ALLOWED_HOSTS }: Pick<CommonSettings, 'AUTH' | 'ALLOWED_HOSTS'>,
  log: Log,
): Hono {
  const app = new Hono()
  handleProblems(app, log)
  app.use(nameRoutes())
  if (AUTH === 'off') app.use(refuseForeign(ALLOWED_HOSTS))
  return app.route('/', health(probes)).route('/', metricsApi(metrics))
}
