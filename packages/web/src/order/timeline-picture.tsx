import type { OrderView } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { narrow } from '../ui/screen.ts'
import { serviceRows } from './choreography.ts'
import { type Arrow, type Lane, laneOf, lanesOf, type layoutOf } from './timeline-layout.ts'

// Pixels at the usual font size. The list's rows have the same height in CSS; both grow with the font.
const wide = { row: 64, lane: 64 }
/** On a phone: narrower lanes, and higher rows because the text beside them wraps. */
const slim = { row: 100, lane: 30 }
const head = 24
const rem = (pixels: number) => `${pixels / 16}rem`

const lanes = lanesOf(serviceRows)

type Sizes = typeof wide
type Layout = ReturnType<typeof layoutOf>

const xOf = (lane: Lane, sizes: Sizes) => (lanes.indexOf(lane) + 0.5) * sizes.lane
type Y = (row: number) => number

/** Where the dot of each row is, below the open panels of the rows before it. */
function yOf(rows: Layout['rows'], heights: PictureProps['heights'], sizes: Sizes): Y {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  const below = rows.map(({ entry }) => ((heights[entry.id] ?? 0) * 16) / rem)
  return (row) => head + (row + 0.5) * sizes.row + below.slice(0, row).reduce((sum, it) => sum + it, 0)
}

interface PictureProps extends Layout, Pick<OrderView, 'waitsFor'> {
  /** The heights of the open panels in CSS pixels, by the events' ids. */
  readonly heights: Readonly<Record<string, number>>
}

const nameOf = (lane: Lane) => (lane === 'request' ? t.timeline.request : lane)

/** A dot for each event in the lane of its publisher, and an arrow to it from its cause. */
export function TimelinePicture({ rows, arrows, waitsFor, heights }: PictureProps) {
  const sizes = narrow.value ? slim : wide
  const width = lanes.length * sizes.lane
  const y = yOf(rows, heights, sizes)
  const height = y(rows.length) + (waitsFor ? 0.5 : -0.5) * sizes.row
  const dot = (lane: Lane, row: number) => ({ cx: xOf(lane, sizes), cy: y(row), r: '7' })
  return (
    <svg
      class="picture"
      width={rem(width)}
      height={rem(height)}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      {lanes.map((lane) => (
        <g key={lane} class={`lane ${lane}`}>
          <line x1={xOf(lane, sizes)} x2={xOf(lane, sizes)} y1={head} y2={height} />
          <text x={xOf(lane, sizes)} y="14" text-anchor="middle">
            {sizes === slim ? nameOf(lane).slice(0, 3) : nameOf(lane)}
          </text>
        </g>
      ))}
      {arrows.map((arrow) => {
        const { path, tip } = curveOf(arrow, y, sizes)
        return (
          <g key={arrow.to.row} class="cause">
            <path d={path} />
            <path class="tip" d="M 2 0 L -5 -4 L -5 4 Z" transform={tip} />
          </g>
        )
      })}
      {rows.map(({ entry, lane }, row) => (
        <circle key={entry.id} class={`dot ${lane}`} {...dot(lane, row)} />
      ))}
      {[...new Set(waitsFor?.events.map((event) => laneOf(event, serviceRows)))].map((lane) => (
        <circle key={lane} class={`dot awaited ${lane}`} {...dot(lane, rows.length)} />
      ))}
    </svg>
  )
}

/** From the cause's dot down and over to the effect's: the line, and the place of its tip. */
function curveOf({ from, to }: Arrow, y: Y, sizes: Sizes): { path: string; tip: string } {
  const [x1, y1] = [xOf(from.lane, sizes), y(from.row)]
  const [x2, y2] = [xOf(to.lane, sizes), y(to.row)]
  const end = 10
  if (from.row === to.row) return { path: `M ${x1} ${y1} H ${x2 - end}`, tip: tipAt(x2 - end, y2, 0) }
  if (from.lane === to.lane) {
    const bend = x1 - sizes.lane / 2.6
    const path = `M ${x1 - 5} ${y1 + 5} C ${bend} ${y1 + 18} ${bend} ${y2 - 18} ${x2 - 7} ${y2 - 8}`
    return { path, tip: tipAt(x2 - 6, y2 - 7, 50) }
  }
  const down = y2 > y1 ? 1 : -1
  const tipY = y2 - end * down
  const bends = [y2 - sizes.row * 0.35 * down, y1 + sizes.row * 0.3 * down]
  return {
    path: `M ${x1} ${y1} C ${x1} ${bends[0]} ${x2} ${bends[1]} ${x2} ${tipY}`,
    tip: tipAt(x2, tipY, 90 * down),
  }
}

const tipAt = (x: number, y: number, angle: number) => `translate(${x} ${y}) rotate(${angle})`
