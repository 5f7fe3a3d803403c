import type { Entry, EventName, Order, Status } from './types.ts'

const streams = { O: 'ORDERS', P: 'PAYMENTS', D: 'DELIVERIES', C: 'DELIVERIES' } as const

/** An event a second after the hour for each `second`, whose id is the event's name. */
export const entry = (event: EventName, second = 0, cause = 'request'): Entry => ({
  id: event,
  event,
  cause,
  time: new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString(),
  stream: streams[event[0] as keyof typeof streams],
  data: {},
})

/** An order to which these events happened. */
export const order = (orderId: string, status: Status, events: EventName[]): Order => ({
  orderId,
  status,
  timeline: events.map((event, i) => entry(event, i, events[i - 1])),
})
