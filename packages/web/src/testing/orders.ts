import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EventName, OrderView, TimelineEntry } from '@saucery/client/schemas'

const streams = { O: 'ORDERS', P: 'PAYMENTS', D: 'DELIVERIES', C: 'DELIVERIES' } as const

const timeOf = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString()

/** An event that many seconds after noon. Its id is the event's name. */
export const timelineEntry = (event: EventName, second = 0, cause = 'request'): TimelineEntry => ({
  id: event,
  event,
  cause,
  time: timeOf(second),
  stream: streams[event[0] as keyof typeof streams],
  sequence: second + 1,
  data: {},
})

/** An order with these events, a second apart. */
export const orderView = (orderId: string, status: OrderView['status'], events: EventName[]): OrderView => ({
  orderId,
  status,
  since: timeOf(Math.max(0, events.length - 1)),
  eventCount: events.length,
  timeline: events.map((event, i) => timelineEntry(event, i, events[i - 1])),
})

/** A server that answers with the listener, until it is disposed of. */
export async function listen(listener: RequestListener) {
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

/** Resolves when the condition holds. */
export async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A page's document, as far as its live feed needs it. */
export class TestPage extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'
  show(state: DocumentVisibilityState): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

export const inVisiblePage = () => Object.assign(globalThis, { document: new TestPage() })
