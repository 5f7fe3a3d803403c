import type { Trace } from '@saucery/gateway/operations/trace-routes'
import { keyAttribute } from '@saucery/messaging/traces/spans'
import type { ReceivedSpan } from './otlp.ts'

export interface StoreLimits {
  readonly traces?: number
  readonly spansPerTrace?: number
  readonly bytes?: number
}

/** Traces of an order that are answered at most. */
const maxAnswered = 50
/** Orders that a trace is found by. */
const maxKeys = 100

interface Kept {
  readonly traceId: string
  readonly spans: ReceivedSpan['span'][]
  readonly keys: Set<string>
  bytes: number
}

export type SpanStore = ReturnType<typeof openSpanStore>

/**
 * Keeps the newest traces in memory. Those of orders outlive the others, which are of reads: there are more of those,
 * and nobody looks for them.
 */
export function openSpanStore({
  traces = 5000,
  spansPerTrace = 500,
  bytes = 64 * 2 ** 20,
}: StoreLimits = {}) {
  const ofOrders = new Map<string, Kept>()
  const others = new Map<string, Kept>()
  const byKey = new Map<string, Set<string>>()
  let size = 0

  function evict(): void {
    const pool = others.size > 0 ? others : ofOrders
    const [oldest] = pool.values()
    if (!oldest) return
    pool.delete(oldest.traceId)
    size -= oldest.bytes
    for (const key of oldest.keys) {
      const ids = byKey.get(key)
      ids?.delete(oldest.traceId)
      if (ids?.size === 0) byKey.delete(key)
    }
  }

  function index(kept: Kept, key: unknown): void {
    if (typeof key !== 'string' || kept.keys.has(key) || kept.keys.size >= maxKeys) return
    kept.keys.add(key)
    byKey.set(key, (byKey.get(key) ?? new Set()).add(kept.traceId))
    others.delete(kept.traceId)
    ofOrders.set(kept.traceId, kept)
  }

  const find = (traceId: string) => ofOrders.get(traceId) ?? others.get(traceId)

  return {
    add({ traceId, span }: ReceivedSpan): void {
      const kept = find(traceId) ?? { traceId, spans: [], keys: new Set(), bytes: 0 }
      if (kept.spans.length >= spansPerTrace) return
      if (kept.spans.length === 0) others.set(traceId, kept)
      kept.spans.push(span)
      const added = JSON.stringify(span).length
      kept.bytes += added
      size += added
      index(kept, span.attributes[keyAttribute])
      while (ofOrders.size + others.size > traces || size > bytes) evict()
    },
    trace(traceId: string): Trace | undefined {
      const kept = find(traceId)
      return kept && answered(kept)
    },
    /** The traces with a span about the order, the oldest first. */
    ofOrder(orderId: string): Trace[] {
      const kept = [...(byKey.get(orderId) ?? [])].flatMap((traceId) => find(traceId) ?? [])
      return kept
        .map(answered)
        .sort((one, other) => beginOf(one) - beginOf(other))
        .slice(-maxAnswered)
    },
    /** In characters of JSON. */
    size: () => size,
  }
}

const answered = ({ traceId, spans }: Kept): Trace => ({
  traceId,
  spans: [...spans].sort((one, other) => one.startMs - other.startMs),
})

const beginOf = ({ spans }: Trace) => spans[0]?.startMs ?? 0
