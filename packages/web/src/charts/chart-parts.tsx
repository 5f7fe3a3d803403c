import type { ComponentChildren } from 'preact'
import { count } from '../ui/format.ts'
import { roomy } from '../ui/screen.ts'
import { ticksTo } from './ticks.ts'

export const height = 150
export const left = 44
const bottom = 20
const top = 8

/** In a chart's own units: about as many as pixels, so that its text has the size of the text around it. */
export const chartWidth = () => (roomy.value ? 600 : 360)

/** An axis from 0 to at least the largest value: the marked values, and the position of a value. */
export function axisTo(largest: number) {
  const marks = ticksTo(largest)
  const end = marks.at(-1) ?? 1
  return { marks, y: (n: number) => top + (1 - n / end) * (height - bottom - top) }
}

interface ChartProps {
  readonly caption: string
  readonly summary: string
  /** The chart in words, for screen readers. */
  readonly label: string
  readonly width: number
  readonly axis: ReturnType<typeof axisTo>
  readonly legend?: ComponentChildren
  /** The chart's data. */
  readonly table: ComponentChildren
  readonly children: ComponentChildren
}

export const Chart = ({ caption, summary, label, width, axis, legend, table, children }: ChartProps) => (
  <figure class="chart">
    <figcaption>
      {caption} <b>{summary}</b>
    </figcaption>
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {axis.marks.map((mark) => (
        <g key={mark} class="axis">
          <line x1={left} x2={width} y1={axis.y(mark)} y2={axis.y(mark)} />
          <text x={left - 6} y={axis.y(mark) + 4} text-anchor="end">
            {count(mark)}
          </text>
        </g>
      ))}
      {children}
    </svg>
    {legend}
    <details>
      <summary>Show as table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to reach what scrolls */}
      <section class="scroll" tabIndex={0} aria-label="Chart data">
        {table}
      </section>
    </details>
  </figure>
)
