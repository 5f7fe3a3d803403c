import { createRoute, z } from '@hono/zod-openapi'
import { pageQuery, pageSchema } from '@saucery/chassis/http/pages'
import {
  jsonResponse,
  linkHeader,
  listProblems,
  orderIdParam,
  problems,
} from '@saucery/chassis/openapi/schemas'
import { events } from '@saucery/contracts/choreography'
import { itemId, qty, won } from '@saucery/contracts/fields'
import { statuses } from '@saucery/contracts/status'

const eventName = z.enum(events.map(({ event }) => event))

const part = z.object({ status: z.string(), reason: z.string().optional() })

const entry = z
  .object({
    id: z.string().describe('The event’s id'),
    event: eventName,
    cause: z.string().describe('The id of the event or request that led to it'),
    time: z.iso.datetime(),
    stream: z.string(),
    sequence: z.int(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry')

const waitsFor = z
  .object({
    events: z.array(eventName).readonly().describe('Any of these'),
    since: z.iso.datetime(),
    until: z.iso.datetime().optional().describe('By when it should have come'),
    overdue: z.boolean(),
  })
  .openapi('WaitsFor', { description: 'What the order waits for; absent when it is final' })

const view = z
  .object({
    orderId: z.uuid(),
    branchId: itemId.optional(),
    sauceId: itemId.optional(),
    qty: qty.optional(),
    price: won.optional().describe('Per unit, in whole won'),
    amount: won.optional(),
    status: z.enum(statuses),
    payment: part.optional(),
    delivery: part.optional(),
    placedAt: z.iso.datetime().optional(),
    since: z.iso.datetime().describe('The time of the event that brought the status'),
    tookMs: z.int().min(0).optional().describe('From the placing to the event that made it final'),
    waitsFor: waitsFor.optional(),
    timeline: z.array(entry).readonly().describe('Every event, the earliest first'),
  })
  .openapi('OrderDashboard', {
    description: 'What is known of an order; what its events have not told yet is absent',
  })

export const listViews = createRoute({
  method: 'get',
  path: '/orderDashboards',
  operationId: 'listOrderDashboards',
  summary: 'Where every order stands, the newest first',
  tags: ['dashboard'],
  request: {
    query: z.object({
      ...pageQuery,
      status: z.enum(statuses).optional(),
      branchId: itemId.optional(),
      sauceId: itemId.optional(),
      overdue: z.enum(['true']).optional().describe('Only orders that wait for longer than they may'),
    }),
  },
  responses: { 200: jsonResponse('A page', pageSchema(view), linkHeader), ...listProblems },
})

const countOf = z.int().min(0)
const timeMs = z.int().min(0).nullable().describe('Null where there are none')

const statistics = z
  .object({
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    stepMs: z.int(),
    byStatus: z.object(Object.fromEntries(statuses.map((status) => [status, countOf])) as ByStatus),
    steps: z
      .array(
        z.object({
          time: z.iso.datetime().describe('When the step begins'),
          placed: countOf,
          delivered: countOf,
          failed: countOf,
          cancelled: countOf,
          rejected: countOf,
        }),
      )
      .describe('Orders by when they were placed, to the minute, and what became of them'),
    delivery: z
      .object({
        count: countOf.describe('10,000 at most, of the newest orders'),
        p50Ms: timeMs,
        p90Ms: timeMs,
        p99Ms: timeMs,
        histogram: z.array(z.object({ upToMs: z.int().nullable().describe('Null: any'), count: countOf })),
      })
      .describe('From the placing to DELIVERED'),
  })
  .openapi('Statistics')

type ByStatus = Record<(typeof statuses)[number], typeof countOf>

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' })

export const getStatistics = createRoute({
  method: 'get',
  path: '/orderDashboards/statistics',
  operationId: 'getStatistics',
  summary: 'How many orders stand where, over a time',
  description:
    'Shared by all who ask the same: a second old, or a minute at most where there is much to count.',
  tags: ['dashboard'],
  request: {
    query: z.object({
      since: time.optional().describe('Only of orders placed at this time or later; an hour before `until`'),
      until: time.optional().describe('Only of orders placed before this time; now'),
      stepMs: z.coerce
        .number()
        .int()
        .min(60_000)
        .multipleOf(60_000)
        .optional()
        .describe('Whole minutes; such that there are 500 steps at most'),
      branchId: itemId.optional(),
    }),
  },
  responses: { 200: jsonResponse('The numbers', statistics), ...listProblems },
})

export const getView = createRoute({
  method: 'get',
  path: '/orderDashboards/{id}',
  operationId: 'getOrderDashboard',
  summary: 'Where one order stands, with its story',
  tags: ['dashboard'],
  request: {
    params: orderIdParam,
    query: z.object({
      after: z
        .uuid()
        .toLowerCase()
        .optional()
        .openapi({ description: 'The `Event-Id` of a call before: the answer has that event' }),
    }),
    headers: z.object({
      prefer: z.string().optional().openapi({
        description: 'RFC 7240. `wait=N` with `after`: wait up to N seconds, 60 at most, for the event.',
        example: 'wait=5',
      }),
    }),
  },
  responses: {
    200: jsonResponse(
      'The order; with `after`, that event is in it',
      view,
      z.object({
        'Preference-Applied': z.string().optional().describe('What of `Prefer` is done, RFC 7240'),
      }),
    ),
    ...problems({
      404:
        'No event of such an order has come yet. `event-not-arrived`: the event of `after` has not; try again after ' +
        '`Retry-After` seconds',
    }),
    ...listProblems,
  },
})

export const live = createRoute({
  method: 'get',
  path: '/orderDashboards/live',
  operationId: 'followOrderDashboards',
  summary: 'Every change of an order, as it happens',
  description:
    'Server-Sent Events. `order`: an order as it stands now, as `getOrderDashboard` gives it. `left`: the same of one ' +
    'that is not in the `status` asked for; take it off the list. `reset`: what was missed cannot be told; read the list again. `end`: the token has expired (`{"code":"token-expired"}`); come ' +
    'back with a newer one. Lists are to be read after the first `id`.',
  tags: ['dashboard'],
  request: {
    query: z.object({
      branchId: itemId.optional(),
      sauceId: itemId.optional(),
      status: z.enum(statuses).optional(),
      orderId: z.uuid().toLowerCase().optional(),
    }),
    headers: z.object({
      // Checked when it is read: one that is not valid is answered with 400.
      'last-event-id': z
        .string()
        .optional()
        .openapi({ description: 'The last `id` that came: what was missed since comes first' }),
    }),
  },
  responses: {
    200: {
      description: 'What happens, until the client has enough or its token expires',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems({
      400: `\`invalid-last-event-id\`: the \`Last-Event-ID\` is none that was given`,
      422: 'A parameter is not valid: `errors` says which',
      429: '`too-many-of-one-caller`: try again after `Retry-After` seconds, with fewer',
      503: '`too-many-listeners`: try again after `Retry-After` seconds',
    }),
  },
})

export const dashboardRoutes = [listViews, live, getStatistics, getView]
