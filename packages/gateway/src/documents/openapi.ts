import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { jsonResponse, problems } from '@saucery/chassis/openapi/schemas'
import { rebuildRoute } from '@saucery/chassis/operations/operator-routes'
import { orderFailuresRoute } from '@saucery/chassis/operations/order-failures-route'
import { publishedEventsRoute } from '@saucery/chassis/operations/published-events-route'
import { lagOfOthersRoute, operationsRoutes } from '@saucery/chassis/operations/routes'
import { actions, roles } from '@saucery/contracts/access/scope'
import { itemId } from '@saucery/contracts/fields'
import { dashboardRoutes } from '@saucery/dashboard/http/routes'
import { deliveryRoutes } from '@saucery/delivery/routes'
import { orderRoutes } from '@saucery/order/routes'
import { paymentRoutes } from '@saucery/payment/routes'
import { beginDrill, endDrill, getDrills } from '../operations/drill-routes.ts'
import { getOrderStory } from '../operations/story-route.ts'
import { getOrderTraces, getTrace } from '../operations/trace-routes.ts'
import { prefixes, type Upstream } from '../proxy/upstreams.ts'
import { getOverview } from './overview.ts'

/** Where `pnpm --filter @saucery/gateway documents` writes the document. */
export const openApiFile = new URL('../../generated/openapi.json', import.meta.url)

const edgeProblems = {
  401: 'There is no token, or it is not valid; `code` tells which',
  429: 'Too many requests; try again after `Retry-After` seconds',
}

// The gateway adds these to every call of a service.
const gatewayProblems = problems({
  ...edgeProblems,
  403: 'The caller’s role does not permit this, or the request names another branch. Without sign-in: the request is from another web site’s page',
  502: 'The service cannot be reached, or closed the connection; try again after `Retry-After` seconds',
  503: 'The service did not answer in time, is overloaded, or cannot reach its database; try again after `Retry-After` seconds',
})

// Whatever a call declares: each is read strictly.
const strictProblems = problems({
  400: 'The request is malformed',
  422: 'A parameter is not known; `errors` names it',
})

interface JsonResponse {
  readonly content: object
  readonly headers?: z.ZodObject
}

/** JSON that is read has a tag; an event stream has none. */
const taggedResponses = (found: JsonResponse) =>
  'application/json' in found.content && {
    200: {
      ...found,
      headers: (found.headers ?? z.object({})).extend({
        ETag: z
          .string()
          .describe('Of this answer; `If-None-Match` with it gives 304 while nothing has changed'),
      }),
    },
    304: { description: 'Nothing has changed since the answer with the `ETag` of `If-None-Match`' },
  }

/** A service's own reasons for a 503 say more than the gateway's: its text follows them. */
function allResponses({ method, responses }: Pick<RouteConfig, 'method' | 'responses'>) {
  const own = responses[503] as { readonly description: string } | undefined
  const timeout = 'Also when the service did not answer in time, or is overloaded'
  return {
    ...strictProblems,
    ...responses,
    ...(method === 'get' && taggedResponses(responses[200] as JsonResponse)),
    ...gatewayProblems,
    ...(own && problems({ 503: `${own.description}. ${timeout}` })),
  }
}

const meProblems = problems({
  ...edgeProblems,
  403: 'The token has no known role. Without sign-in: the request is from another web site’s page',
  503: 'The identity provider’s keys cannot be read',
})

const me = z
  .object({
    signIn: z.enum(['on', 'off']).describe('`off`: every caller is an operator'),
    role: z.enum(roles),
    subject: z.string().optional().describe('The subject of the token; absent where sign-in is off'),
    branchId: itemId.optional().describe('Only for a branch'),
    drills: z.literal('on').optional().describe('Only where drills are possible'),
    may: z.array(z.enum(actions)).describe('What the role permits; a branch only for its own orders'),
    traces: z
      .literal(true)
      .optional()
      .describe('Present for an operator where the system has a trace store of its own'),
  })
  .openapi('Me')

/** Calls that the gateway answers itself (`app.ts`): this one, the overview of all services, and those of operations. */
const getMe = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who calls, and what that caller may do',
  tags: ['sign-in'],
  responses: { 200: jsonResponse('The caller', me) },
})

const allOperations = (Object.keys(prefixes) as Upstream['name'][]).flatMap((service) =>
  Object.entries(operationsRoutes(service))
    // The dashboard has no inbox: its documents show what it has handled.
    .filter(([name]) => name !== 'handling' || service !== 'dashboard')
    .map(([, route]) => route),
)

const orderFailures = (Object.keys(prefixes) as Upstream['name'][]).map(orderFailuresRoute)

const serviceRoutes = [
  ...orderRoutes,
  ...paymentRoutes,
  ...deliveryRoutes,
  ...dashboardRoutes,
  ...allOperations,
  ...orderFailures,
  lagOfOthersRoute,
  publishedEventsRoute,
  rebuildRoute,
]

/** One OpenAPI 3.1 document of every call, as the gateway answers it. */
export function openApiDocument() {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono()
  openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Names the caller: a branch, a courier or an operator. Not needed where sign-in is off.',
  })
  for (const route of serviceRoutes)
    openAPIRegistry.registerPath({ ...route, responses: allResponses(route) })
  const routes = [
    getMe,
    getOverview,
    getOrderStory,
    getTrace,
    getOrderTraces,
    getDrills,
    beginDrill,
    endDrill,
  ]
  for (const route of routes)
    openAPIRegistry.registerPath({
      ...route,
      responses: { ...strictProblems, ...meProblems, ...route.responses },
    })
  return getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Saucery',
      version: '1.0.0',
      description:
        'Branches order sauces. The payment service charges an order, the delivery service ships it, and the dashboard ' +
        'shows where each order stands. [asyncapi.json](asyncapi.json) describes the events between the services.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [
      { name: 'orders', description: 'Place and cancel orders' },
      { name: 'payments', description: 'Charges and refunds' },
      { name: 'deliveries', description: 'Deliveries under way; couriers report their end here' },
      { name: 'dashboard', description: 'One view of each order, built from the events of all services' },
      { name: 'operations', description: 'The state of each service, and its dead letters' },
      { name: 'sign-in', description: 'The caller' },
    ],
  })
}

// The generator leaves a regular expression's flags at the end of its pattern; patterns in JSON Schema are Unicode anyway.
const withoutFlags = (key: string, value: unknown) =>
  key === 'pattern' && typeof value === 'string' ? value.replace(/\/[a-z]+$/, '') : value

export const openApiJson = (): string => `${JSON.stringify(openApiDocument(), withoutFlags, 2)}\n`
