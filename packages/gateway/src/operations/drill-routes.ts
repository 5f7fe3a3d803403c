import { createRoute, z } from '@hono/zod-openapi'
import { drillKinds, drillRequest } from '@saucery/chassis/drills/kinds'
import { bodyProblems, jsonResponse, problems } from '@saucery/chassis/openapi/schemas'

const kind = z.enum(drillKinds as [string, ...string[]])

const drill = z
  .object({
    id: z.string(),
    kind,
    perSecond: z.int().optional(),
    mix: z.record(z.string(), z.int()).optional(),
    delayMs: z.int().optional(),
    percent: z.int().optional(),
    every: z.int().optional(),
    service: z.string().optional(),
    server: z.string().optional(),
    until: z.iso.datetime().describe('It ends by itself then'),
    secondsLeft: z.number().min(0),
    placed: z.int().optional().describe('Of a load: orders placed so far'),
    refused: z.int().optional().describe('Of a load: orders that were not accepted'),
  })
  .openapi('Drill', { description: 'Load, or a fault, that is made on purpose' })

const drills = z
  .object({
    enabled: z.boolean().describe('`DRILLS=on`; never in production'),
    kinds: z.array(kind).describe('What can be begun here'),
    items: z.array(drill).describe('Those under way'),
  })
  .openapi('Drills')

const id = z
  .string()
  .regex(/^[a-z-]{1,60}$/)
  .openapi({ description: 'The drill’s id', example: 'payment-away' })

const stored = {
  409: '`drills-off`: drills are off here. `drill-not-offered`: this kind is not possible here',
  503: 'The service that keeps the drill cannot be reached; try again after `Retry-After` seconds',
}

export type Drill = z.infer<typeof drill>

/** For everyone who is signed in: whoever sees a fault may know that it is a drill. */
export const getDrills = createRoute({
  method: 'get',
  path: '/drills',
  operationId: 'getDrills',
  summary: 'The drills that are under way',
  description: 'Callers share an answer for a second.',
  tags: ['operations'],
  responses: { 200: jsonResponse('The drills', drills) },
})

export const beginDrill = createRoute({
  method: 'post',
  path: '/operations/drills',
  operationId: 'beginDrill',
  summary: 'Begin a drill; it ends by itself',
  description: 'A drill with the same id is replaced.',
  tags: ['operations'],
  request: { body: { content: { 'application/json': { schema: drillRequest } }, required: true } },
  responses: {
    201: jsonResponse('The drill', drill),
    ...bodyProblems,
    ...problems({ ...stored, 422: 'A field is not valid; `errors` points at it' }),
  },
})

export const endDrill = createRoute({
  method: 'post',
  path: '/operations/drills/{drillId}/end',
  operationId: 'endDrill',
  summary: 'End a drill now',
  tags: ['operations'],
  request: { params: z.object({ drillId: id }) },
  responses: {
    200: jsonResponse('It is over', z.object({ id: z.string(), ended: z.literal(true) })),
    ...problems({ 404: 'The id is none of a drill', ...stored }),
  },
})
