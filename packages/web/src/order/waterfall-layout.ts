import type { Span, Trace } from '@saucery/client/schemas'

/** A span in its trace's waterfall; times in ms, `at` from the begin of the trace. */
export interface WaterfallRow {
  readonly span: Span
  readonly depth: number
  readonly at: number
  /** From the end of its event's publish to the begin of its handler, for the handling of an event. */
  readonly waitedMs?: number
  /** Of itself and what it led to in its own service, before anything is published. */
  readonly databaseMs: number
}

export interface Waterfall {
  readonly traceId: string
  readonly rows: readonly WaterfallRow[]
  readonly startMs: number
  readonly tookMs: number
  readonly services: readonly string[]
  /** Why it has a trace of its own: `redelivery` and the like. */
  readonly again?: string
}

/** A trace's spans as a tree in the order of their begin, each below its parent. */
export function waterfallOf({ traceId, spans }: Trace): Waterfall {
  const known = new Map(spans.map((span) => [span.spanId, span]))
  const below = new Map<string | undefined, Span[]>()
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    // A parent that is not here was not recorded, or has not ended yet.
    const parent = known.has(span.parentSpanId ?? '') ? span.parentSpanId : undefined
    below.set(parent, [...(below.get(parent) ?? []), span])
  }
  const startMs = Math.min(...spans.map((span) => span.startMs))
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs))

  function databaseMs(span: Span): number {
    if ('db.system.name' in span.attributes) return span.durationMs
    const own = (below.get(span.spanId) ?? []).filter(
      ({ kind, service }) => kind !== 'producer' && service === span.service,
    )
    return own.reduce((sum, child) => sum + databaseMs(child), 0)
  }

  function rowsBelow(parent: string | undefined, depth: number): WaterfallRow[] {
    return (below.get(parent) ?? []).flatMap((span) => {
      const publish = known.get(span.parentSpanId ?? '')
      // Clocks of two machines differ: then it seems to begin before it was published.
      const waited = publish && Math.max(0, span.startMs - publish.startMs - publish.durationMs)
      const row = {
        span,
        depth,
        at: span.startMs - startMs,
        ...(waited !== undefined &&
          span.kind === 'consumer' &&
          publish?.kind === 'producer' && { waitedMs: waited }),
        databaseMs: databaseMs(span),
      }
      return [row, ...rowsBelow(span.spanId, depth + 1)]
    })
  }

  const rows = rowsBelow(undefined, 0)
  const again = rows.map(({ span }) => span.attributes['nats.again']).find((it) => typeof it === 'string')
  return {
    traceId,
    rows,
    startMs,
    tookMs: endMs - startMs,
    services: [...new Set(rows.map(({ span }) => span.service))],
    ...(again !== undefined && { again: String(again) }),
  }
}
