import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { wholeNumber } from '../http/strict-query.ts'
import { busy, jsonPage, jsonResponse, problems } from '../openapi/schemas.ts'

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
    deadLetters: count.describe('Dead letters not handled since, among the newest 1,000'),
    projection: projection.optional(),
    overdue: overdue.optional().describe('Only of the dashboard, once it has counted'),
  })
  .openapi('Operations', { description: 'The state of one service' })

const deadLetter = z
  .object({
    sequence: z.int().min(1),
    time: z.iso.datetime(),
    subject: z.string(),
    event: z.string().optional(),
    eventId: z.string(),
    orderId: z.string().describe('The last part of the subject'),
    stream: z.string(),
    streamSequence: z.int(),
    error: z.string(),
    tries: z.int(),
    handled: z.boolean().describe('Whether the service has handled the event since'),
  })
  .openapi('DeadLetter', { description: 'A message that the service could not handle' })

// Six bytes: every text of eight such characters is a valid cursor.
const cursor = z
  .string()
  .regex(/^[\w-]{8}$/, 'must be the `next` of a page')
  .transform((text) => Buffer.from(text, 'base64url').readUIntBE(0, 6))

/** The cursor of the page before this sequence. */
export function cursorBefore(sequence: number): string {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(sequence, 0, 6)
  return bytes.toString('base64url')
}

const pageOfLetters = z.object({
  limit: wholeNumber(1, 100).default(50).describe('Most items on a page'),
  cursor: cursor.optional().describe('Where the page begins: the `next` of the page before'),
})

const sequence = z
  .string()
  .regex(/^[1-9]\d{0,13}$/)
  .transform(Number)
  .openapi({ description: 'The sequence of the dead letter', example: '1' })

const handled = z.object({ sequence: z.int(), eventId: z.string(), handled: z.literal(true) })

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
    deadLetters: createRoute({
      method: 'get',
      path: `${path}/dead-letters`,
      operationId: `list${Name}DeadLetters`,
      summary: `The dead letters of the ${service} service, the newest first`,
      description:
        'A page can be short or empty and still have a `next`, because other services’ dead letters lie between.',
      tags,
      request: { query: pageOfLetters },
      responses: {
        200: jsonPage(deadLetter),
        ...problems({ 422: 'A parameter is not valid; `errors` names it', ...unavailable }),
      },
    }),
    // A dead letter is retried; path and operation id are older than that word, and part of the HTTP contract.
    retry: createRoute({
      method: 'post',
      path: `${path}/dead-letters/{sequence}/send-back`,
      operationId: `sendBack${Name}DeadLetter`,
      summary: `Retry a dead letter of the ${service} service`,
      description:
        'The service handles the message once, however often this is called. No other service receives it.',
      tags,
      request: { params: z.object({ sequence }) },
      responses: {
        200: jsonResponse('The message is handled, now or before', handled),
        ...problems({
          404: 'This service has no such dead letter',
          409: 'The message failed again; `detail` gives the reason, and nothing has changed',
          503: `The database or NATS cannot be reached. ${busy}. Try again after \`Retry-After\` seconds`,
        }),
      },
    }),
  }
}
