import type { Client } from '@saucery/client/client'
import type { OrderView } from '@saucery/client/schemas'
import { createParser } from 'eventsource-parser'

/** `live`: the feed has sent something, and has not been silent since. `off`: it was refused for good. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'off'

/** Which orders: all, those of a branch or sauce, or one. */
export interface LiveQuery {
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  readonly orderId?: string
}

/** What came together: the feed's changes between two ids. */
export interface Batch {
  /** The id before it; undefined where the feed began anew. */
  readonly after: string | undefined
  /** The id to resume after; undefined before the feed's first. */
  readonly id: string | undefined
  readonly orders: readonly OrderView[]
  /** What was missed cannot be found out. */
  readonly isReset: boolean
  /** How many dead letters were settled meanwhile; only operators are told. */
  readonly settled?: number
}

export interface ReadFeed {
  readonly client: Client
  readonly query: LiveQuery
  readonly stopped: AbortSignal
  /** A connection that is silent for longer is lost; two heartbeats fit in. */
  readonly silenceMs?: number
  readonly connection: { value: Connection }
  onBatch(batch: Batch): void
}

/** Reads one connection to its end, after the event with `lastId`, or from now on without one. Rejects when it breaks or is silent for `silenceMs`. */
export async function readFeed(
  { client, query, stopped, silenceMs = 12_000, connection, onBatch }: ReadFeed,
  lastId: string | undefined,
): Promise<void> {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  try {
    const header = { 'last-event-id': lastId }
    const signal = AbortSignal.any([stopped, silent.signal])
    const stream = await client.stream('/orderDashboards/live', { query, header, signal })
    let id = lastId
    let isReset = false
    let settled = 0
    let orders: OrderView[] = []
    const parser = createParser({
      onEvent({ event, data }) {
        if (event === 'order') orders.push(JSON.parse(data))
        else if (event === 'reset') isReset = true
        else if (event === 'dead-letter') settled += 1
      },
      onId(received) {
        id = received
      },
    })
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
    for (let after = id; ; after = id) {
      const { done, value } = await reader.read()
      if (done || signal.aborted) return
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
      // Not before: a proxy that buffers answers at once, and then holds back what the feed sends.
      connection.value = 'live'
      parser.feed(value)
      onBatch({ after, id, orders, isReset, ...(settled > 0 && { settled }) })
      orders = []
      isReset = false
      settled = 0
    }
  } finally {
    clearTimeout(timer)
    silent.abort()
  }
}
