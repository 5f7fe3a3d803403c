import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse, orderIdParam, problems } from '@saucery/chassis/openapi/schemas'
import { orderFailures } from '@saucery/chassis/operations/order-failures-route'
import { consumingServices } from '@saucery/contracts/choreography'
import { statuses } from '@saucery/contracts/status'

const serviceName = z.enum(consumingServices)

const part = z
  .object({
    service: serviceName,
    state: z.enum(['up', 'slow', 'down']).describe('As in the overview'),
    reason: z.string().optional().describe('Why it is `down`, or its store is away'),
    behind: z
      .object({
        messages: z.int().min(0).describe('That wait for the service, of all orders'),
        ageMs: z.int().min(0).describe('How long ago this was read'),
      })
      .optional()
      .describe('Absent when nobody knows'),
    failures: orderFailures.optional().describe('Absent when the service does not tell'),
  })
  .openapi('OrderStoryPart')

const wait = z.object({
  service: serviceName.describe('It is to publish the next event'),
  events: z.array(z.string()).describe('Any one of them moves the order on'),
})

const path = z.object({
  events: z.array(z.string()),
  status: z.enum(statuses).describe('The status at the end of this way'),
})

const orderStory = z
  .object({
    orderId: z.uuid(),
    status: z.enum(statuses).optional().describe('Absent when the dashboard does not know the order'),
    since: z.iso.datetime().optional().describe('Since when it waits'),
    waitsFor: z.array(wait),
    services: z.array(part),
    remaining: z.array(path).describe('The ways that its events leave open, the plainest first'),
  })
  .openapi('OrderStory', { description: 'What an order waits for, what fails, and what can still happen' })

export type OrderStory = z.infer<typeof orderStory>

export const getOrderStory = createRoute({
  method: 'get',
  path: '/operations/orders/{id}',
  operationId: 'getOrderStory',
  summary: 'What an order waits for, what of it fails in each service, and what can still happen',
  description:
    'Answered within two seconds, whatever is down. Callers share an answer for a second. Nothing of it is an event: ' +
    'each service tells what fails there.',
  tags: ['operations'],
  request: { params: orderIdParam },
  responses: {
    200: jsonResponse('The story', orderStory),
    ...problems({ 403: 'The caller’s role does not permit this', 404: 'The id is none of an order' }),
  },
})
