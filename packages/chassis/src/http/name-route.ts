import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { noRoute, noteRoute } from '../telemetry/metrics.ts'

/** Names each request's route for the metrics. The first piece of middleware: a request that is refused has a route, too. */
export const nameRoutes =
  (routeOf: (c: Context) => string = declaredRoute): MiddlewareHandler =>
  (c, next) => {
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
    if (incoming) noteRoute(incoming, routeOf(c))
    return next()
  }

/** The path of the route that answers, the first declared, as OpenAPI writes it; middleware is declared for `*`. */
function declaredRoute(c: Context): string {
  const declared = matchedRoutes(c).filter(({ path }) => !path.includes('*'))
  return declared[0]?.path.replace(/:(\w+)(\{.*?\})?/g, '{$1}') ?? noRoute
}
