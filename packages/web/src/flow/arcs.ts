import type { FlowEdge } from './edges.ts'

/** An edge between two places in a row. */
export interface Arc {
  readonly edge: FlowEdge
  readonly from: number
  readonly to: number
  /** 0 between neighbours; otherwise it leads around the places between: -1 forwards, 1 backwards. */
  readonly side: -1 | 0 | 1
  /** From the row outwards. Arcs of a side that have places in common have lanes of their own. */
  readonly lane: number
  /** Where on the two places it begins and ends, from -1 to 1. */
  readonly leaves: number
  readonly enters: number
}

type Span = Omit<Arc, 'leaves' | 'enters'>

/** How the edges pass each other, for a row of services and streams with these names. */
export function arcsOf(edges: readonly FlowEdge[], names: readonly string[]): Arc[] {
  const spans = edges.map((edge): Span => {
    const [from, to] = [names.indexOf(edge.from), names.indexOf(edge.to)]
    return { edge, from, to, side: to === from + 1 ? 0 : to > from ? -1 : 1, lane: 0 }
  })
  const placed: Span[] = []
  // The shorter ones are further in.
  for (const span of spans.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const taken = placed.filter((other) => span.side === other.side && overlap(span, other))
    let lane = 0
    while (taken.some((other) => other.lane === lane)) lane++
    placed.push({ ...span, lane })
  }
  const ports = portsOf(placed)
  return placed.map((span) => ({
    ...span,
    leaves: ports.get(`${span.from} ${span.edge.id}`) ?? 0,
    enters: ports.get(`${span.to} ${span.edge.id}`) ?? 0,
  }))
}

/** How many lanes a side has. */
export const lanesOn = (arcs: readonly Arc[], side: Arc['side']): number =>
  Math.max(0, ...arcs.filter((it) => it.side === side).map(({ lane }) => lane + 1))

const lengthOf = ({ from, to }: Span) => Math.abs(to - from)
const startOf = ({ from, to }: Span) => Math.min(from, to)
const endOf = ({ from, to }: Span) => Math.max(from, to)
const overlap = (a: Span, b: Span) => startOf(a) <= endOf(b) && startOf(b) <= endOf(a)

/** Shares each side of a place out between its arcs, so that they cross as little as they can. */
function portsOf(spans: readonly Span[]): Map<string, number> {
  const ports = new Map<string, number>()
  const places = new Set(spans.flatMap(({ from, to }) => [from, to]))
  for (const place of places)
    for (const side of [-1, 1] as const) {
      const here = spans.filter((it) => it.side === side && (it.from === place || it.to === place))
      // Arcs from the left first, the inner ones before the outer ones; then those to the right, the other way round.
      const rank = (it: Span) => (endOf(it) === place ? it.lane : 1000 - it.lane)
      const sorted = here.toSorted((a, b) => rank(a) - rank(b))
      for (const [i, { edge }] of sorted.entries())
        ports.set(`${place} ${edge.id}`, sorted.length === 1 ? 0 : (2 * i) / (sorted.length - 1) - 1)
    }
  return ports
}
