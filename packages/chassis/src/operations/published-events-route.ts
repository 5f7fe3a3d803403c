import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse, problems } from '../openapi/schemas.ts'

const publishedEvent = z.object({
  event: z.string().describe('The event’s name'),
  orders: z
    .int()
    .min(0)
    .optional()
    .describe('How many orders have it on its stream; absent where the stream is too long to be counted'),
  last: z
    .object({
      orderId: z.string().describe('The end of its subject'),
      sequence: z.int().min(1).describe('Its place in the stream'),
      time: z.iso.datetime().optional().describe('When it was committed, as its publisher says'),
    })
    .optional()
    .describe('The last one on the stream; absent without any'),
})

export type PublishedEventState = Readonly<z.infer<typeof publishedEvent>>

/** The dashboard alone may read every stream. */
export const publishedEventsRoute = createRoute({
  method: 'get',
  path: '/operations/dashboard/events',
  operationId: 'getPublishedEvents',
  summary: 'How often each event was published, and when last',
  description: 'Read from the streams, at most once in ten seconds.',
  tags: ['operations'],
  responses: {
    200: jsonResponse(
      'Every event of the contracts',
      z.object({ items: z.array(publishedEvent) }).openapi('PublishedEvents'),
    ),
    ...problems({ 503: 'NATS cannot be reached; try again after `Retry-After` seconds' }),
  },
})
