import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import type { MiddlewareHandler } from 'hono'
import { storeUnavailable, type Translate } from '../http/problem.ts'
import type { Log } from '../telemetry/log.ts'
import { type OpenApiApp, openApiApp } from './app.ts'

export interface ServiceApiDeps {
  readonly db: Database
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

/**
 * The app of a service with a Postgres database: answers 503 while that cannot be reached.
 * @param problemOf turns the service's own errors into problems
 */
export const serviceApp = ({ log, requireCaller }: ServiceApiDeps, problemOf?: Translate): OpenApiApp =>
  openApiApp(
    log,
    requireCaller,
    (error) => problemOf?.(error) ?? (isDatabaseOutage(error) ? storeUnavailable : undefined),
  )
