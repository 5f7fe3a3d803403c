import { createRoute, z } from '@hono/zod-openapi'
import type { Service } from '@saucery/contracts/choreography'
import { pageSchema } from '../http/pages.ts'
import { jsonResponse, linkHeader, problems } from '../openapi/schemas.ts'

const count = z.int().min(0)

const projectionVersion = z.union([z.int(), z.string()])

const projection = z.object({
  version: projectionVersion.describe('The one that is built, or kept up'),
  state: z.enum(['building', 'ready']),
  serving: projectionVersion.optional().describe('The one that answers'),
  handled: count.describe('Events'),
  remaining: count.describe('Events that it has still to catch up with'),
  perSecond: z.number().optional(),
})

/** How the building of the read model goes. */
export type ProjectionProgress = Readonly<z.infer<typeof projection>>

const operations = z
  .object({
    service: z.string(),
    consumers: z
      .array(
        z.object({
          stream: z.string(),
          durable: z.string(),
          pending: count.describe('Messages still to come'),
          ackPending: count.describe('Messages in hand'),
          redelivered: count.describe('Of those in hand, the ones that came before'),
        }),
      )
      .describe('One that is gone, and made again within seconds, is absent'),
    outbox: z
      .object({
        unpublished: count.describe('Events that were committed, and are not on the stream'),
        oldestMs: z.number().min(0).describe('How old the oldest of them is; 0 without any'),
      })
      .optional(),
    deadLetters: count.describe('Not handled since, of the newest 1,000'),
    projection: projection.optional(),
  })
  .openapi('Operations', { description: 'How one service fares' })

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
    handled: z.boolean().describe('The event was handled since'),
  })
  .openapi('DeadLetter', { description: 'A message that the service could not handle' })

// Six bytes, so that each text that looks like a cursor is one.
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

const unavailable = {
  503: 'The store or the broker cannot be reached; try again after `Retry-After` seconds',
}

/** What an operator asks of one service. */
export function operationsRoutes<S extends Service>(service: S) {
  const path = `/operations/${service}` as const
  const Name = `${service.slice(0, 1).toUpperCase()}${service.slice(1)}`
  const tags = ['operations']
  return {
    summary: createRoute({
      method: 'get',
      path,
      operationId: `get${Name}Operations`,
      summary: `How ${service} fares`,
      tags,
      responses: { 200: jsonResponse('What waits, and what failed', operations), ...problems(unavailable) },
    }),
    letters: createRoute({
      method: 'get',
      path: `${path}/dead-letters`,
      operationId: `list${Name}DeadLetters`,
      summary: `What ${service} could not handle, the newest first`,
      description:
        'A page may be short, or empty, and have a `next` all the same: others’ letters lie between.',
      tags,
      request: {
        query: z.object({
          limit: z.coerce.number().int().min(1).max(100).default(50).describe('Items on a page'),
          cursor: cursor.optional().describe('Where the page begins: the `next` of the page before'),
        }),
      },
      responses: {
        200: jsonResponse('A page', pageSchema(deadLetter), linkHeader),
        ...problems({ 422: 'A parameter is not valid: `errors` says which', ...unavailable }),
      },
    }),
    sendBack: createRoute({
      method: 'post',
      path: `${path}/dead-letters/{sequence}/send-back`,
      operationId: `sendBack${Name}DeadLetter`,
      summary: `Has ${service} handle the message again`,
      description: 'Once, however often this is asked for. No other service hears it.',
      tags,
      request: {
        params: z.object({
          sequence: z
            .string()
            .regex(/^[1-9]\d{0,13}$/)
            .transform(Number)
            .openapi({ description: 'The letter’s', example: '1' }),
        }),
      },
      responses: {
        200: jsonResponse(
          'It is handled, by this or before',
          z.object({ sequence: z.int(), eventId: z.string(), handled: z.literal(true) }),
        ),
        ...problems({
          404: 'This service has no such letter',
          409: 'It failed again: `detail` says why; nothing has changed',
          ...unavailable,
        }),
      },
    }),
  }
}
