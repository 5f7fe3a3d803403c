import type { ComponentChildren } from 'preact'
import { count } from '../ui/format.ts'
import { roomy } from '../ui/screen.ts'
import { ticksTo } from './ticks.ts'

const height = 150
export const left = 44
const bottom = 20
const top = 8

/** In a chart's own units: about as many as pixels, so that its text has the size of the text around it. */
export const chartWidth = () => (roomy.value ? 600 : 360)

interface ChartProps {
  readonly caption: string
  readonly summary: string
  /** The chart in words, for screen readers. */
  readonly label: string
  readonly width: number
  /** The values that a bar spans, and its place in the chart's own units. */
  readonly bars: readonly { name: string; x: number; width: number; from: number; to: number }[]
  /** The texts below the bars. */
  readonly labels: readonly { x: number; text: string; anchor: 'start' | 'middle' | 'end' }[]
  readonly legend?: ComponentChildren
  /** The chart's data as a table. */
  readonly children: ComponentChildren
}

/** Bars over an axis from 0 to at least the largest value, with their data as a table. */
export function Chart({ caption, summary, label, width, bars, labels, legend, children }: ChartProps) {
  const marks = ticksTo(Math.max(0, ...bars.map(({ to }) => to)))
  const end = marks.at(-1) ?? 1
  const y = (n: number) => top + (1 - n / end) * (height - bottom - top)
  return (
    <figure class="chart">
      <figcaption>
        {caption} <b>{summary}</b>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {marks.map((mark) => (
          <g key={mark} class="axis">
            <line x1={left} x2={width} y1={y(mark)} y2={y(mark)} />
            <text x={left - 6} y={y(mark) + 4} text-anchor="end">
              {count(mark)}
            </text>
          </g>
        ))}
        {bars.map(({ name, x, width, from, to }) => (
          <rect key={`${x} ${name}`} class={name} x={x} width={width} y={y(to)} height={y(from) - y(to)} />
        ))}
        {labels.map(({ x, text, anchor }) => (
          <text key={x} class="axis-label" x={x} y={height - 4} text-anchor={anchor}>
            {text}
          </text>
        ))}
      </svg>
      {legend}
      <details>
        <summary>Show as table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to reach what scrolls */}
        <section class="scroll" tabIndex={0} aria-label="Chart data">
          {children}
        </section>
      </details>
    </figure>
  )
}
