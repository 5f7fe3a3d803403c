import { noRoute } from '@saucery/chassis/telemetry/metrics'

/** What the gateway answers besides the calls; the names of the page's files change with every build. */
const own = [
  '/',
  '/docs',
  '/docs/*',
  '/events',
  '/events/*',
  '/assets/*',
  '/openapi.json',
  '/asyncapi.json',
  '/problems',
]

/**
 * Names the route of a path for the metrics: a proxied request is not matched by any app of the gateway.
 * @param paths of the OpenAPI document
 */
export function routeNames(paths: readonly string[]): (path: string) => string {
  // A fixed segment is tried before a parameter: `/orderDashboards/live` is no order.
  const routes = [...paths, ...own]
    .sort((a, b) => parametersIn(a) - parametersIn(b))
    .map((route) => ({ route, segments: route.split('/') }))
  return (path) => {
    const segments = path.split('/')
    return routes.find((known) => fits(known.segments, segments))?.route ?? noRoute
  }
}

const parametersIn = (route: string): number => route.split(/[{*]/).length

const fits = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, i) => segment === path[i] || (/^(\{.*\}|\*)$/.test(segment) && path[i] !== ''))
