import { createRoute, z } from '@hono/zod-openapi'
import { pageQuery, pageSchema } from '@saucery/chassis/pages'
import { byId, json, listProblems, nextLink, problems, readProblems } from '@saucery/chassis/routes'
import { events } from '@saucery/contracts/choreography'
import { itemId, qty, won } from '@saucery/contracts/parts'
import { statuses } from '@saucery/contracts/status'

const part = z.object({ status: z.string(), reason: z.string().optional() })

const entry = z
  .object({
    id: z.string().describe('The event’s id'),
    event: z.enum(events.map(({ event }) => event)),
    cause: z.string().describe('The id of the event or request that led to it'),
    time: z.iso.datetime(),
    stream: z.string(),
    sequence: z.int(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry')

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
    }),
  },
  responses: { 200: json('A page', pageSchema(view), nextLink), ...listProblems },
})

export const getView = createRoute({
  method: 'get',
  path: '/orderDashboards/{id}',
  operationId: 'getOrderDashboard',
  summary: 'Where one order stands, with its story',
  tags: ['dashboard'],
  request: { params: byId },
  responses: {
    200: json('The order', view),
    ...problems({ 404: 'No event of such an order has come yet' }),
    ...readProblems,
  },
})

export const dashboardRoutes = [listViews, getView]
