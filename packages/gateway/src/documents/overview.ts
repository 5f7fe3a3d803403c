import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse, problems } from '@saucery/chassis/openapi/schemas'
import { consumerSchema, operationsSchema } from '@saucery/chassis/operations/routes'
import { consumingServices } from '@saucery/contracts/choreography'

const ageMs = z.int().min(0).describe('How long ago this was read, at the time of the answer')

const service = z
  .object({
    service: z.enum(consumingServices),
    state: z
      .enum(['up', 'slow', 'down'])
      .describe('`down`: it did not answer within 1.5 s, or cannot do its work. Never older than a second'),
    answerMs: z.int().min(0).describe('How long the answer took, or the lack of one'),
    reason: z.string().optional().describe('Why it is `down`, or refuses work while it is `slow`'),
    report: z
      .object({ ageMs })
      .extend(operationsSchema.shape)
      .optional()
      .describe('The last that the service reported of itself; absent when that is not known'),
    lag: z
      .object({
        ageMs,
        readBy: z
          .string()
          .describe('The service that read it from NATS: this one, or the dashboard while it is down'),
        consumers: z.array(consumerSchema),
      })
      .optional()
      .describe('How far the service is behind; absent when nobody knows'),
  })
  .openapi('ServiceState')

export const getOverview = createRoute({
  method: 'get',
  path: '/operations',
  operationId: 'getOperations',
  summary: 'The state of every service, within two seconds whatever is down',
  description:
    'Callers share an answer for a second. A value that is known has its age; the lag of a service that is down is ' +
    'read by the dashboard.',
  tags: ['operations'],
  responses: {
    200: jsonResponse(
      'The services',
      z
        .object({ services: z.array(service) })
        .openapi('Overview', { description: 'The state of all services' }),
    ),
    ...problems({ 403: 'The caller’s role does not permit this' }),
  },
})
