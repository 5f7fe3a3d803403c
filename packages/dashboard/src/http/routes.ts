import { createRoute, z } from '@hono/zod-openapi'
import { pageQuery } from '@saucery/chassis/http/pages'
import {
  jsonPage,
  jsonResponse,
  listProblems,
  orderIdParam,
  problems,
} from '@saucery/chassis/openapi/schemas'
import { liveFilter, orderFilter, orderJson } from '../view/order-json.ts'
import { statisticsJson } from '../view/statistics.ts'
import { statisticsParameters } from '../view/statistics-query.ts'

const text = z.string().optional()
const optionalUuid = z.uuid().toLowerCase().optional()
const get = { method: 'get' as const, tags: ['dashboard'] }

export const listViews = createRoute({
  ...get,
  path: '/orderDashboards',
  operationId: 'listOrderDashboards',
  summary: 'Every order with its status, the newest first',
  request: {
    query: z.object({
      ...pageQuery,
      ...orderFilter.shape,
      overdue: z.enum(['true']).optional().describe('Only orders that wait longer than their deadline'),
      timeline: z
        .enum(['none'])
        .optional()
        .describe('`none`: without the events of each order, which are most of the answer'),
    }),
  },
  responses: { 200: jsonPage(orderJson), ...listProblems },
})

export const getStatistics = createRoute({
  ...get,
  path: '/orderDashboards/statistics',
  operationId: 'getStatistics',
  summary: 'How many orders have which status, and what became of the orders of a period',
  description:
    'Callers that ask the same share one answer, a second old, or at most a minute if counting takes long.',
  request: { query: statisticsParameters },
  responses: {
    200: jsonResponse('The statistics', statisticsJson),
    ...listProblems,
    ...problems({
      503:
        'The database cannot be reached. `statistics-busy`: try again after `Retry-After` seconds. ' +
        '`statistics-too-slow`: ask for a shorter period',
    }),
  },
})

export const getView = createRoute({
  ...get,
  path: '/orderDashboards/{id}',
  operationId: 'getOrderDashboard',
  summary: 'One order with its status and timeline',
  request: {
    params: orderIdParam,
    query: z.object({
      after: optionalUuid.describe('The `Event-Id` of an earlier response: the answer includes that event'),
    }),
    headers: z.object({
      prefer: text.openapi({
        description:
          'RFC 7240. `wait=N` with `after`: wait up to N seconds, 60 at most, for the event. While too many requests ' +
          'wait, the answer comes at once, without `Preference-Applied`.',
        example: 'wait=5',
      }),
    }),
  },
  responses: {
    200: jsonResponse(
      'The order; with `after`, it includes that event',
      orderJson,
      z.object({ 'Preference-Applied': text.describe('The preferences that were applied, RFC 7240') }),
    ),
    ...problems({
      404:
        'No event of such an order has arrived yet. `event-not-arrived`: the event of `after` has not; try again ' +
        'after `Retry-After` seconds',
    }),
    ...listProblems,
  },
})

export const live = createRoute({
  ...get,
  path: '/orderDashboards/live',
  operationId: 'followOrderDashboards',
  summary: 'Every change of an order, as it happens',
  description:
    'Server-Sent Events. `order`: an order as it is now, the same JSON as `getOrderDashboard`. `left`: an order that ' +
    'does not have the requested `status` any more; remove it from the list. `reset`: what was missed is not known; ' +
    'read the list again. `end`: the token has expired (`{"code":"token-expired"}`); reconnect with a newer one. Read ' +
    'lists after the first `id`.',
  request: {
    query: liveFilter,
    headers: z.object({
      'last-event-id': text.describe(
        'The last `id` that was received: what was missed since comes first. `reset` when it cannot be read',
      ),
    }),
  },
  responses: {
    200: {
      description: 'Changes, until the client disconnects or its token expires',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems({
      422: 'A parameter is not valid: `errors` names it',
      429:
        '`too-many-of-one-caller`, `too-many-of-one-branch`: close another connection, or try again after ' +
        '`Retry-After` seconds. `too-many-replays`: try again after `Retry-After` seconds',
      503: '`too-many-listeners`: try again after `Retry-After` seconds',
    }),
  },
})

export const dashboardRoutes = [listViews, live, getStatistics, getView]
