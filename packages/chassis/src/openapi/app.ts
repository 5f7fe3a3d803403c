import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { BlankEnv } from 'hono/types'
import { limitBody } from '../http/body-limit.ts'
import { invalidInput, notFound, type Problem, problemHandlers } from '../http/problem.ts'
import type { Log } from '../telemetry/log.ts'

export type OpenApiApp = OpenAPIHono<BlankEnv>

/**
 * An app whose routes are declared with their schemas, and whose errors are all answered as problem+json.
 * @param requireCaller lets in who may ask anything at all
 * @param translate knows the service's own errors
 */
export function openApiApp(
  log: Log,
  requireCaller: MiddlewareHandler,
  translate?: (error: Error) => Problem | undefined,
): OpenApiApp {
  const app = new OpenAPIHono<BlankEnv>({
    defaultHook(result) {
      if (result.success) return
      // An id that cannot be any is simply not there.
      if (result.target === 'param') throw notFound()
      throw invalidInput(result.error, result.target === 'json' ? 'body' : result.target)
    },
  })
  const { onError, notFound: noRoute } = problemHandlers(log, translate, app)
  app.onError(onError)
  app.notFound(noRoute)
  app.use(requireCaller)
  app.use(limitBody)
  return app
}
