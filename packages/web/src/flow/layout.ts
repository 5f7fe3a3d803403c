import type { ServiceRow } from '../build/choreography-table.ts'
import { arcsOf, lanesOn } from './arcs.ts'
import type { FlowEdge } from './edges.ts'
import { type Line, type Point, pointAt, roundedLine } from './line.ts'

/** A service or a stream; `x` and `y` are its centre. */
export interface FlowNode extends Point {
  readonly name: string
  readonly isStream: boolean
  readonly width: number
  readonly height: number
}

export interface PlacedEdge extends FlowEdge {
  readonly line: Line
  /** Where its number is. */
  readonly label: Point
  /** Its direction at its end, in degrees. */
  readonly angle: number
}

export interface FlowLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly FlowNode[]
  readonly edges: readonly PlacedEdge[]
}

/** In pixels: `along` the row of nodes, and `across` it. */
interface Sizes {
  readonly along: { readonly service: number; readonly stream: number }
  readonly across: { readonly service: number; readonly stream: number }
  readonly gap: number
  readonly firstLane: number
  readonly lane: number
  readonly margin: number
}

const radius = 14
/** For each node; narrower ones have the row from top to bottom. */
const leastWidth = 103
const border = 2

/** In a row from left to right, which takes the whole width. */
function wideSizes(width: number, services: number, streams: number): Sizes {
  const node = Math.min(132, Math.max(84, (width / (services + streams)) * 0.6))
  const gap = (width - 2 * border - node * (services + streams)) / (services + streams - 1)
  return {
    along: { service: node, stream: node },
    across: { service: 46, stream: 34 },
    gap,
    firstLane: 16,
    lane: 18,
    margin: 11,
  }
}

const tallSizes: Sizes = {
  along: { service: 36, stream: 28 },
  across: { service: 108, stream: 100 },
  gap: 24,
  firstLane: 18,
  lane: 21,
  margin: 16,
}

/**
 * Services and streams in a row, as an order passes them: each service beside the stream that it publishes on. An edge
 * that passes others leads around them: forwards on one side, backwards on the other.
 */
export function layOut(table: readonly ServiceRow[], edges: readonly FlowEdge[], width: number): FlowLayout {
  const row = table.flatMap(({ service, stream }) => [
    { name: service as string, kind: 'service' as const },
    ...(stream === undefined ? [] : [{ name: stream, kind: 'stream' as const }]),
  ])
  const isTall = width < leastWidth * row.length
  const services = table.length
  const sizes = isTall ? tallSizes : wideSizes(width, services, row.length - services)
  const arcs = arcsOf(
    edges,
    row.map(({ name }) => name),
  )
  const [before, after] = [lanesOn(arcs, -1), lanesOn(arcs, 1)]
  const reach = (lanes: number) =>
    sizes.margin + sizes.across.service / 2 + (lanes > 0 ? sizes.firstLane + (lanes - 1) * sizes.lane : 0)
  const [onBefore, onAfter] = [reach(before), reach(after)]
  const middle = isTall ? width / 2 + (onBefore - onAfter) / 2 : onBefore
  const at = (along: number, across: number): Point =>
    isTall ? { x: middle - across, y: along } : { x: along, y: middle + across }

  let end = border
  const nodes = row.map(({ name, kind }) => {
    const [along, across] = [sizes.along[kind], sizes.across[kind]]
    const centre = at(end + along / 2, 0)
    end += along + sizes.gap
    const [w, h] = isTall ? [across, along] : [along, across]
    return { name, isStream: kind === 'stream', ...centre, width: w, height: h }
  })
  const half = (i: number, of: 'along' | 'across') => sizes[of][row[i]?.kind ?? 'service'] / 2
  const along = (i: number) => (isTall ? nodes[i]?.y : nodes[i]?.x) ?? 0

  const placed = arcs.map(({ edge, from, to, side, lane, leaves, enters }): PlacedEdge => {
    const port = (i: number, share: number) => along(i) + share * half(i, 'along') * 0.7
    const outside = side * (sizes.across.service / 2 + sizes.firstLane + lane * sizes.lane)
    const corners =
      side === 0
        ? [at(along(from) + half(from, 'along'), 0), at(along(to) - half(to, 'along'), 0)]
        : [
            at(port(from, leaves), side * half(from, 'across')),
            at(port(from, leaves), outside),
            at(port(to, enters), outside),
            at(port(to, enters), side * half(to, 'across')),
          ]
    const line = roundedLine(corners, radius)
    return { ...edge, line, label: pointAt(line, 0.5), angle: angleAtEnd(corners) }
  })
  const length = end - sizes.gap + border
  const breadth = onBefore + onAfter
  return {
    width: isTall ? Math.max(width, breadth) : width,
    height: isTall ? length : breadth,
    nodes,
    edges: placed,
  }
}

function angleAtEnd(corners: readonly Point[]): number {
  const [a, b] = corners.slice(-2) as [Point, Point]
  return (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI
}
