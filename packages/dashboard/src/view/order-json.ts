import { z } from '@hono/zod-openapi'
import { events } from '@saucery/contracts/choreography'
import { itemId, qty, won } from '@saucery/contracts/fields'
import { statuses } from '@saucery/contracts/status'

const eventName = z.enum(events.map(({ event }) => event))

const part = z.object({ status: z.string(), reason: z.string().optional() })

const actor = z
  .object({
    subject: z.string().optional().describe('Absent for callers who may not know it'),
    role: z.string(),
    branchId: z.string().optional(),
  })
  .openapi('Actor')

const timelineEntry = z
  .object({
    id: z.string().describe('The event’s id'),
    event: eventName,
    cause: z.string().describe('The id of the event or request that caused it'),
    actor: actor.optional().describe('Who sent the request, of an event that a request caused'),
    time: z.iso.datetime(),
    stream: z.string(),
    sequence: z
      .int()
      .optional()
      .describe('The event’s place in its stream; only for callers who may see every order'),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry')

const waitsForJson = z
  .object({
    events: z.array(eventName).readonly().describe('Any of these events'),
    since: z.iso.datetime(),
    until: z.iso.datetime().optional().describe('The deadline'),
    overdue: z.boolean(),
  })
  .openapi('WaitsFor', { description: 'What the order waits for; absent when the order is final' })

/** An order in the API: the one declaration of its fields, from which the types of the documents derive. */
export const orderJson = z
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
    since: z.iso.datetime().describe('The time of the event that led to the status'),
    tookMs: z.int().min(0).optional().describe('Milliseconds from the placing to the final event'),
    waitsFor: waitsForJson.optional(),
    eventCount: z
      .int()
      .min(1)
      .describe('How many events are known. It only grows: of two answers the one with more is newer'),
    timeline: z
      .array(timelineEntry)
      .readonly()
      .describe('Every event, the earliest first; empty in a list with `timeline=none`'),
  })
  .openapi('OrderDashboard', {
    description: 'What is known of an order. A field is absent until an event brings it.',
  })

/** Query parameters that select orders. */
export const orderFilter = z.object({
  status: z.enum(statuses).optional(),
  branchId: itemId.optional(),
  sauceId: itemId.optional(),
})

/** Which orders a client of the live feed wants, and may see. */
export const liveFilter = orderFilter.extend({ orderId: z.uuid().toLowerCase().optional() })

export type EventName = z.infer<typeof eventName>
export type LiveFilter = z.infer<typeof liveFilter>
export type OrderFilter = z.infer<typeof orderFilter>
export type OrderJson = z.infer<typeof orderJson>
/** As the document has it. */
export type TimelineEntry = Readonly<z.infer<typeof timelineEntry> & { sequence: number }>
export type Entries = readonly TimelineEntry[]
export type WaitsFor = z.infer<typeof waitsForJson>
