import { createRoute, z } from '@hono/zod-openapi'
import { jsonResponse, problems } from '@saucery/chassis/openapi/schemas'

const traceId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .openapi({ description: 'The id of a trace', example: '4bf92f3577b34da6a3ce929d0e0e4736' })

const spanId = z.string().regex(/^[0-9a-f]{16}$/)

const span = z
  .object({
    spanId,
    parentSpanId: spanId.optional().describe('Absent for the first span of a trace'),
    name: z.string(),
    kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
    service: z.string(),
    startMs: z.number().describe('When it began, in ms since 1970'),
    durationMs: z.number(),
    failed: z.boolean(),
    links: z
      .array(z.object({ traceId, spanId }))
      .describe('The spans that led to it and are not its parent, as of an earlier delivery'),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .openapi('Span')

const trace = z
  .object({ traceId, spans: z.array(span).describe('In the order of their begin') })
  .openapi('Trace', { description: 'What one request, or one repeated delivery, led to' })

export type Span = Readonly<z.infer<typeof span>>
export type Trace = Readonly<z.infer<typeof trace>>

const responses = (what: string, found: z.ZodType, missing: string) => ({
  200: jsonResponse(what, found),
  ...problems({
    403: 'The caller’s role does not permit this',
    404: missing,
    502: '`trace-store-unavailable`: the store cannot be read',
  }),
})

const none = '`no-trace-store`: this system has no trace store of its own'

export const getTrace = createRoute({
  method: 'get',
  path: '/operations/traces/{traceId}',
  operationId: 'getTrace',
  summary: 'The spans of a trace',
  description: 'From the trace store that is built into `start`. A production system has none.',
  tags: ['operations'],
  request: { params: z.object({ traceId }) },
  responses: responses('The trace', trace, `The store does not have it. ${none}`),
})

export const getOrderTraces = createRoute({
  method: 'get',
  path: '/operations/orders/{orderId}/traces',
  operationId: 'getOrderTraces',
  summary: 'The traces of an order: of each request, and of each repeated delivery',
  description: 'The store keeps the newest traces only, so there may be none.',
  tags: ['operations'],
  request: { params: z.object({ orderId: z.uuid() }) },
  responses: responses(
    'The traces, the oldest first',
    z.object({ traces: z.array(trace) }).openapi('OrderTraces', { description: 'The traces of one order' }),
    none,
  ),
})
