import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { BlankEnv } from 'hono/types'
import { limitBody } from '../http/body-limit.ts'
import { handleProblems, invalidInput, notFound, type Translate } from '../http/problem.ts'
import { strictJson } from '../http/strict-json.ts'
import type { Log } from '../telemetry/log.ts'

export type OpenApiApp = OpenAPIHono<BlankEnv>

/** An app with routes that are declared by their schemas. It checks the input and answers every error as problem+json. */
export function openApiApp(log: Log, requireCaller: MiddlewareHandler, translate?: Translate): OpenApiApp {
  const app = new OpenAPIHono<BlankEnv>({
    defaultHook(result) {
      if (result.success) return
      // No item has a malformed id.
      if (result.target === 'param') throw notFound()
      throw invalidInput(result.error, result.target === 'json' ? 'body' : result.target)
    },
  })
  handleProblems(app, log, translate)
  app.use(requireCaller)
  app.use(limitBody)
  app.use(strictJson)
  return app
}
