import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { BlankEnv } from 'hono/types'
import { limitBody } from '../http/body-limit.ts'
import { logCommands } from '../http/command-log.ts'
import { invalidInput } from '../http/invalid-input.ts'
import { limitWork } from '../http/limit-work.ts'
import { nameRoutes } from '../http/name-route.ts'
import { handleProblems, notFound, type Translate } from '../http/problem.ts'
import { strictJson } from '../http/strict-json.ts'
import { strictQuery } from '../http/strict-query.ts'
import { tagJson } from '../http/tag-json.ts'
import { traceRequests } from '../http/trace-requests.ts'
import type { Log } from '../telemetry/log.ts'

export type OpenApiApp = OpenAPIHono<BlankEnv>

/** An app with routes that are declared by their schemas. It checks the input and answers every error as problem+json. */
export function openApiApp(log: Log, requireCaller: MiddlewareHandler, translate?: Translate): OpenApiApp {
  const app = new OpenAPIHono<BlankEnv>({
    defaultHook(result) {
      if (result.success) return
      // No item has a malformed id.
      if (result.target === 'param') throw notFound()
      // The type leaves out the input, `data`.
      const { error, target, data } = result as typeof result & { readonly data?: unknown }
      throw invalidInput(error, target === 'json' ? 'body' : target, data)
    },
  })
  handleProblems(app, log, translate)
  app.use(nameRoutes())
  const { shed, admit } = limitWork()
  app.use(traceRequests)
  app.use(shed)
  app.use(requireCaller)
  app.use(logCommands(log))
  app.use(tagJson)
  app.use(strictQuery)
  app.use(limitBody)
  app.use(strictJson)
  app.use(admit)
  const declare = app.openapi as (route: RouteConfig, ...rest: unknown[]) => OpenApiApp
  const openapi: typeof declare = (route, ...rest) => declare(withStrictQuery(route), ...rest)
  app.openapi = openapi as typeof app.openapi
  return app
}

/** A misspelt filter would show more than was asked for: a route refuses each parameter that it does not declare. */
const withStrictQuery = ({ request, ...route }: RouteConfig) => {
  const query = (request?.query ?? z.object({})) as z.ZodObject
  return { ...route, request: { ...request, query: query.strict() } }
}
