import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { jsonResponse, problems } from '../openapi/schemas.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { operatorRoutes } from './operator-routes.ts'

const count = z.int().min(0)

const projectionVersion = z.union([z.int(), z.string()])

const projection = z.object({
  version: projectionVersion.describe('The version that is built or kept up to date'),
  state: z.enum(['building', 'ready']),
  serving: projectionVersion.optional().describe('The version that answers'),
  handled: count.describe('Events handled so far'),
  remaining: count.describe('Events until it has caught up'),
  perSecond: z.number().optional(),
})

export type ProjectionProgress = Readonly<z.infer<typeof projection>>

export const consumerSchema = z.object({
  stream: z.string(),
  durable: z.string(),
  pending: count.describe('Messages not received yet'),
  ackPending: count.describe('Messages received and not acknowledged yet'),
  redelivered: count.describe('Those of them that were delivered before'),
})

const outbox = z.object({
  unpublished: count.describe('Committed events that are not on the stream yet'),
  oldestMs: z
    .number()
    .describe('The age of the oldest of them; 0 without any, negative if it is from a clock that is ahead'),
})

const overdue = z.object({
  count: count.describe('Orders that wait longer than their deadline'),
  ageMs: count.describe('How long ago they were counted'),
})

export type OverdueOrders = Readonly<z.infer<typeof overdue>>

export const operationsSchema = z
  .object({
    service: z.string(),
    consumers: z
      .array(consumerSchema)
      .describe('A deleted consumer is absent until it is created again, within seconds'),
    outbox: outbox.optional(),
    deadLetters: count.describe('Open dead letters: neither handled since nor discarded'),
    projection: projection.optional(),
    overdue: overdue.optional().describe('Only of the dashboard, once it has counted'),
  })
  .openapi('Operations', { description: 'The state of one service' })

const handling = z
  .object({
    eventId: z.string(),
    handled: z.boolean(),
    handledAt: z.iso.datetime().optional().describe('Absent for events that an older release handled'),
    deliveries: z
      .int()
      .min(1)
      .optional()
      .describe('How often the event had been tried by then, a retry of its dead letter included'),
  })
  .openapi('Handling', { description: 'What a service did with an event' })

const eventId = z
  .string()
  .regex(/^[!-~]{1,200}$/)
  .openapi({ description: 'The event’s id', example: '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b' })

const unavailable = { 503: 'The database or NATS cannot be reached; try again after `Retry-After` seconds' }

/** What one service sees of the others: the lag of those that are down is in it. */
export const lagOfOthersRoute = createRoute({
  method: 'get',
  path: '/operations/dashboard/lag-of-others',
  operationId: 'getLagOfOthers',
  summary: 'How far the other services are behind, as the dashboard sees it',
  tags: ['operations'],
  responses: {
    200: jsonResponse(
      'The lag of their consumers',
      z.object({ items: z.array(consumerSchema.extend({ service: z.string() })) }),
    ),
    ...problems(unavailable),
  },
})

export function operationsRoutes<S extends Service>(service: S) {
  const path = `/operations/${service}` as const
  const Name = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`
  const tags = ['operations']
  return {
    summary: createRoute({
      method: 'get',
      path,
      operationId: `get${Name}Operations`,
      summary: `The state of the ${service} service`,
      tags,
      responses: {
        200: jsonResponse('Its lag, backlog and dead letters', operationsSchema),
        ...problems(unavailable),
      },
    }),
    handling: createRoute({
      method: 'get',
      path: `${path}/events/{eventId}`,
      operationId: `get${Name}Handling`,
      summary: `Whether the ${service} service has handled an event, and when`,
      description: 'What was handled is known for as long as the service keeps the ids of events.',
      tags,
      request: { params: z.object({ eventId }) },
      responses: {
        200: jsonResponse('What the service did with the event', handling),
        ...problems({
          404: 'The id is none of an event',
          503: 'The database cannot be reached; try again after `Retry-After` seconds',
        }),
      },
    }),
    ...deadLetterRoutes(service),
    ...operatorRoutes(service),
  }
}
