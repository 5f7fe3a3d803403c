import { createParser } from 'eventsource-parser'
import type { Client } from './client.ts'
import type { OrderView } from './schemas.ts'

/** Which orders: all, those of a branch or sauce, those with a status, or one. */
export interface LiveQuery {
  readonly branchId?: string | undefined
  readonly sauceId?: string | undefined
  readonly status?: OrderView['status'] | undefined
  readonly orderId?: string | undefined
}

/** What came together: the feed's changes between two ids. */
export interface LiveBatch {
  /** The id before it; undefined where the feed began anew. */
  readonly after: string | undefined
  /** The id to resume after; undefined before the feed's first. */
  readonly id: string | undefined
  /** The orders that changed, as they are now. */
  readonly orders: readonly OrderView[]
  /** Orders that do not have the status of the query any more. */
  readonly left?: readonly OrderView[]
  /** What was missed cannot be found out. */
  readonly isReset: boolean
  /** How many dead letters were settled meanwhile; only operators are told. */
  readonly settled?: number
}

export interface ReadLive {
  readonly client: Client
  readonly query?: LiveQuery
  readonly signal?: AbortSignal | undefined
  /** A connection that is silent for longer, in ms, is lost. Default: 12 s; two heartbeats fit in. */
  readonly silenceMs?: number
}

/** Reads one connection to its end, after the event with `lastId`, or from now on without one. Rejects when it breaks or is silent. */
export async function* readLive(
  { client, query = {}, signal, silenceMs = 12_000 }: ReadLive,
  lastId: string | undefined,
): AsyncGenerator<LiveBatch, void> {
  const ended = new AbortController()
  const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal

  /** Only while something is awaited: a caller that takes its time makes no connection silent. */
  async function unlessSilent<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => ended.abort(), silenceMs)
    return work.finally(() => clearTimeout(timer))
  }

  let id = lastId
  let batch = emptyBatch()
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'order') batch.orders.push(JSON.parse(data))
      else if (event === 'left') batch.left.push(JSON.parse(data))
      else if (event === 'reset') batch.isReset = true
      else if (event === 'dead-letter') batch.settled += 1
    },
    // A heartbeat has an id alone, and is no event.
    onId(received) {
      id = received
    },
  })
  try {
    const header = { 'last-event-id': lastId }
    const stream = await unlessSilent(
      client.stream('/orderDashboards/live', { query, header, signal: either }),
    )
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
    for (let after = id; ; after = id) {
      const { done, value } = await unlessSilent(reader.read())
      if (done || either.aborted) return
      parser.feed(value)
      const { orders, left, isReset, settled } = batch
      batch = emptyBatch()
      yield { after, id, orders, isReset, ...(left.length > 0 && { left }), ...(settled > 0 && { settled }) }
    }
  } finally {
    // Also when the caller leaves its loop.
    ended.abort()
  }
}

const emptyBatch = () => ({
  orders: [] as OrderView[],
  left: [] as OrderView[],
  isReset: false,
  settled: 0,
})
