import type { Client } from '@saucery/client/client'
import type { OrderView } from '@saucery/client/schemas'
import { createParser } from 'eventsource-parser'

/** `off`: the feed was refused for good. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'off'

export interface FollowedFeed {
  readonly client: Client
  /** Which orders: all, those of a branch or sauce, or one. */
  readonly query: { branchId?: string | undefined; sauceId?: string | undefined; orderId?: string }
  readonly stopped: AbortSignal
  /** A connection that is silent for longer is lost; three heartbeats fit in. */
  readonly silenceMs?: number
  readonly connection: { value: Connection }
  /** Called with the changed orders, once for all that came together. */
  onOrders(orders: OrderView[]): void
  /** The list has to be read (again): at first, and when the feed cannot resume. */
  onReset(): void
}

/** Reads one connection to its end, after the event with `lastId`, or from now on without one. Rejects when it breaks or is silent for `silenceMs`. */
export async function readFeed(
  { client, query, stopped, silenceMs = 45_000, connection, onOrders, onReset }: FollowedFeed,
  lastId: string | undefined,
  onId: (id: string) => void,
): Promise<void> {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  try {
    const header = { 'last-event-id': lastId }
    const signal = AbortSignal.any([stopped, silent.signal])
    const stream = await client.stream('/orderDashboards/live', { query, header, signal })
    connection.value = 'live'
    let isFirst = lastId === undefined
    let orders: OrderView[] = []
    const parser = createParser({
      onEvent({ event, data }) {
        if (event === 'order') orders.push(JSON.parse(data))
        else if (event === 'reset') onReset()
      },
      onId(id) {
        onId(id)
        // After the first id the feed sends every change, so a list that is read now misses none.
        if (isFirst) onReset()
        isFirst = false
      },
    })
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
      parser.feed(value)
      if (orders.length > 0) onOrders(orders)
      orders = []
    }
  } finally {
    clearTimeout(timer)
    silent.abort()
  }
}
