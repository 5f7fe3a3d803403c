import { type Database, isDatabaseOutage } from '@saucery/messaging/postgres/database'
import { KeyBusy } from '@saucery/messaging/postgres/locks'
import type { MiddlewareHandler } from 'hono'
import { resourceBusy, storeUnavailable, type Translate } from '../http/problem.ts'
import type { Log } from '../telemetry/log.ts'
import { type OpenApiApp, openApiApp } from './app.ts'

export interface ServiceApiDeps {
  readonly db: Database
  readonly requireCaller: MiddlewareHandler
  readonly log: Log
}

/**
 * The app of a service with a Postgres database: answers 503 while that cannot be reached, or a row is locked.
 * @param problemOf turns the service's own errors into problems
 */
export const serviceApp = ({ log, requireCaller }: ServiceApiDeps, problemOf?: Translate): OpenApiApp =>
  openApiApp(log, requireCaller, (error) => problemOf?.(error) ?? databaseProblem(error))

function databaseProblem(error: Error) {
  if (error instanceof KeyBusy) return resourceBusy
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
