import { OpenAPIHono } from '@hono/zod-openapi'
import { problems } from '@saucery/chassis/openapi/schemas'
import { operationsRoutes } from '@saucery/chassis/operations/routes'
import { dashboardRoutes } from '@saucery/dashboard/http/routes'
import { deliveryRoutes } from '@saucery/delivery/routes'
import { orderRoutes } from '@saucery/order/routes'
import { paymentRoutes } from '@saucery/payment/routes'
import { prefixes, type ServiceName } from '../proxy/upstreams.ts'
import { getMe } from '../routes.ts'

/** Where the generated files are kept. */
export const generatedDirectory = new URL('../../generated/', import.meta.url)

const doorProblems = {
  401: 'Nobody is signed in, or the token is not valid here; its `code` says which',
  429: 'Too many requests; try again after `Retry-After` seconds',
}

// What the gateway itself may answer, whatever the call.
const gatewayProblems = problems({
  ...doorProblems,
  403: 'The caller’s role does not permit this, or it names another branch',
  502: 'The service cannot be reached, or broke off',
  503: 'The service did not answer in time, is overloaded, or its store cannot be reached',
})

const ownProblems = problems({
  ...doorProblems,
  403: 'The token says no role that is known here',
  503: 'The keys of whoever gives out tokens cannot be read',
})

const operationsOfAll = (Object.keys(prefixes) as ServiceName[]).flatMap((service) =>
  Object.values(operationsRoutes(service)),
)

/** One OpenAPI 3.1 document of all that the services declare, as the gateway answers it. */
export function openApiDocument() {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono()
  openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Says who calls: a branch, a courier or an operator. Not needed where sign-in is off.',
  })
  for (const route of [
    ...orderRoutes,
    ...paymentRoutes,
    ...deliveryRoutes,
    ...dashboardRoutes,
    ...operationsOfAll,
  ])
    openAPIRegistry.registerPath({ ...route, responses: { ...route.responses, ...gatewayProblems } })
  openAPIRegistry.registerPath({ ...getMe, responses: { ...getMe.responses, ...ownProblems } })
  return getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Saucery',
      version: '1.0.0',
      description:
        'Branches order sauces, payment charges, delivery ships, the dashboard shows where every order stands. ' +
        'What the services say to each other is in [asyncapi.json](asyncapi.json).',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [
      { name: 'orders', description: 'Place and cancel orders' },
      { name: 'payments', description: 'What was charged and given back' },
      { name: 'deliveries', description: 'What is on its way; couriers report here' },
      { name: 'dashboard', description: 'The joined view, from all events' },
      { name: 'operations', description: 'How each service fares, and what it could not handle' },
      { name: 'sign-in', description: 'Who asks' },
    ],
  })
}

// The generator leaves the flags of a regular expression behind it; JSON Schema's patterns are Unicode anyway.
const withoutFlags = (key: string, value: unknown) =>
  key === 'pattern' && typeof value === 'string' ? value.replace(/\/[a-z]+$/, '') : value

/** The generated files' names, with what they have to hold. */
export const generatedFiles = (): Record<string, string> => ({
  'openapi.json': `${JSON.stringify(openApiDocument(), withoutFlags, 2)}\n`,
})
