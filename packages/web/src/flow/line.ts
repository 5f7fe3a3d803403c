export interface Point {
  readonly x: number
  readonly y: number
}

/** A line of many short pieces, with how far each of its points is from its start. */
export interface Line {
  readonly points: readonly Point[]
  readonly lengths: readonly number[]
  readonly length: number
}

const piecesOfCorner = 6

const between = (a: Point, b: Point, part: number): Point => ({
  x: a.x + (b.x - a.x) * part,
  y: a.y + (b.y - a.y) * part,
})

const distance = (a: Point, b: Point) => Math.hypot(b.x - a.x, b.y - a.y)

/** The line along these corners, each rounded with this radius, or less where its sides are short. */
export function roundedLine(corners: readonly Point[], radius: number): Line {
  const points = corners.flatMap((corner, i) => {
    const [before, after] = [corners[i - 1], corners[i + 1]]
    return before && after ? roundCorner(before, corner, after, radius) : [corner]
  })
  let length = 0
  const lengths = points.map((point, i) => {
    const before = points[i - 1]
    if (before) length += distance(before, point)
    return length
  })
  return { points, lengths, length }
}

function roundCorner(before: Point, corner: Point, after: Point, radius: number): Point[] {
  const [come, go] = [distance(before, corner), distance(corner, after)]
  const r = Math.min(radius, come / 2, go / 2)
  if (r === 0) return [corner]
  const [start, end] = [between(corner, before, r / come), between(corner, after, r / go)]
  return Array.from({ length: piecesOfCorner + 1 }, (_, i) => {
    const part = i / piecesOfCorner
    return between(between(start, corner, part), between(corner, end, part), part)
  })
}

/** The point at this part of the line's length, from 0 to 1. */
export function pointAt({ points, lengths, length }: Line, part: number): Point {
  const at = Math.min(1, Math.max(0, part)) * length
  const next = Math.max(
    1,
    lengths.findIndex((it) => it >= at),
  )
  const [a, b] = [points[next - 1] as Point, points[next] as Point]
  const [from, to] = [lengths[next - 1] as number, lengths[next] as number]
  return to === from ? b : between(a, b, (at - from) / (to - from))
}

const rounded = (n: number) => Math.round(n * 10) / 10

/** For an SVG path. */
export const pathOf = ({ points }: Line): string =>
  `M${points.map(({ x, y }) => `${rounded(x)} ${rounded(y)}`).join('L')}`
