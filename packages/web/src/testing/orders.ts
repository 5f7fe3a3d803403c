import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Entry, EventName, Order, Status } from '../api/types.ts'

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

/** A server that answers with the listener, until it is disposed of. */
export async function serving(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** Waits until that is so. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
