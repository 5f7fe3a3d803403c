import { createRoute, z } from '@hono/zod-openapi'
import { getRoute, listRoute } from '@saucery/chassis/openapi/read-routes'
import {
  changeProblems,
  eventIdHeader,
  idempotencyKeyHeader,
  jsonResponse,
  orderIdParam,
  problems,
} from '@saucery/chassis/openapi/schemas'
import { failReason } from '@saucery/contracts/delivery'
import { itemId, qty } from '@saucery/contracts/fields'

const parcel = { orderId: z.uuid(), branchId: itemId, sauceId: itemId, qty, startedAt: z.iso.datetime() }

const delivery = z
  .union([
    z.object({
      ...parcel,
      status: z.literal('STARTED'),
      dueAt: z.iso.datetime().describe('It has failed when no end is reported by then'),
    }),
    z.object({ ...parcel, status: z.literal('CANCELLED') }),
    z.object({
      ...parcel,
      status: z.literal('COMPLETED'),
      cancellationRefused: z.boolean().describe('Whether a cancel came after the goods arrived'),
    }),
    z.object({ ...parcel, status: z.literal('FAILED'), reason: failReason }),
    z.object({ orderId: z.uuid(), status: z.literal('CANCELLED') }),
  ])
  .openapi('Delivery')

const statuses = ['STARTED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
const tags = ['deliveries']

/** What a courier reports; a second report changes nothing. */
const report = <const Name extends 'complete' | 'fail'>(name: Name, summary: string) =>
  createRoute({
    method: 'post',
    path: `/deliveries/{id}/${name}`,
    operationId: `${name}Delivery`,
    summary,
    tags,
    request: { headers: idempotencyKeyHeader, params: orderIdParam },
    responses: {
      200: jsonResponse('The delivery', delivery, eventIdHeader),
      ...problems({ 404: 'The order has no delivery' }),
      ...changeProblems('The delivery is final'),
    },
  })

export const completeDelivery = report('complete', 'Report that a delivery arrived')
export const failDelivery = report('fail', 'Report that a delivery did not arrive')

export const listDeliveries = listRoute('/deliveries', delivery, statuses, {
  operationId: 'listDeliveries',
  summary: 'List deliveries',
  tags,
})

export const getDelivery = getRoute('/deliveries/{id}', delivery, {
  operationId: 'getDelivery',
  summary: 'Get the delivery of an order',
  tags,
  found: 'The delivery',
  missing: 'The order has no delivery',
})

export const deliveryRoutes = [completeDelivery, failDelivery, listDeliveries, getDelivery]
