import type { Statistics, Step } from '../api/types.ts'
import { count, dayOf, hourAndMinute } from '../ui/format.ts'
import { Axis, axisTo, height, left, Numbers, widthNow } from './chart-parts.tsx'

const kinds = [
  { name: 'delivered', label: 'DELIVERED' },
  { name: 'cancelled', label: 'CANCELLED' },
  { name: 'rejected', label: 'REJECTED' },
  { name: 'failed', label: 'FAILED' },
  { name: 'underway', label: 'Under way' },
] as const

type Counts = Readonly<Record<(typeof kinds)[number]['name'], number>>

/** What of the orders placed in a step has not ended is under way. */
const countsOf = ({ placed, delivered, failed, cancelled, rejected }: Step): Counts => ({
  delivered,
  cancelled,
  rejected,
  failed,
  underway: Math.max(0, placed - delivered - failed - cancelled - rejected),
})

/** What became of the orders of each step of time. */
export function Outcomes({ since, until, stepMs, steps }: Statistics) {
  const width = widthNow()
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const { marks, y } = axisTo(Math.max(0, ...steps.map(({ placed }) => placed)))
  const x = (ms: number) => left + ((ms - from) / (to - from)) * (width - left)
  const placed = sum(steps.map((step) => step.placed))
  const barWidth = Math.max(1, x(from + stepMs) - x(from) - 1)
  const text = kinds
    .map(({ name, label }) => `${count(sum(steps.map((step) => countsOf(step)[name])))} ${label}`)
    .join(', ')
  return (
    <figure class="chart">
      <figcaption>
        Orders over time, by what became of them <b>{count(placed)}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${count(placed)} orders placed: ${text}`}
      >
        <Axis marks={marks} y={y} width={width} />
        {steps.map((step) => (
          <Bar key={step.time} counts={countsOf(step)} x={x(Date.parse(step.time))} width={barWidth} y={y} />
        ))}
        <TimeLabels from={from} to={to} x={x} />
      </svg>
      <ul class="legend">
        {kinds.map(({ name, label }) => (
          <li key={name} class={name}>
            {label}
          </li>
        ))}
      </ul>
      <Numbers
        columns={['From', 'Placed', ...kinds.map(({ label }) => label)]}
        rows={steps
          .filter((step) => step.placed > 0)
          .map((step) => [
            timeIn(to - from, Date.parse(step.time)),
            count(step.placed),
            ...kinds.map(({ name }) => count(countsOf(step)[name])),
          ])}
      />
    </figure>
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

function Bar({
  counts,
  x,
  width: barWidth,
  y,
}: {
  counts: Counts
  x: number
  width: number
  y: (n: number) => number
}) {
  let below = 0
  return kinds.map(({ name }) => {
    const n = counts[name]
    if (n === 0) return null
    const from = y(below)
    below += n
    return <rect key={name} class={name} x={x} width={barWidth} y={y(below)} height={from - y(below)} />
  })
}

const labels = 4
const dayMs = 86_400_000

/** A time within a span, which may be of several days. */
const timeIn = (spanMs: number, ms: number) =>
  spanMs >= dayMs ? `${dayOf(new Date(ms))}, ${hourAndMinute(ms)}` : hourAndMinute(ms)

function TimeLabels({ from, to, x }: { from: number; to: number; x: (ms: number) => number }) {
  return Array.from({ length: labels + 1 }, (_, i) => from + ((to - from) * i) / labels).map((ms, i) => (
    <text
      key={ms}
      class="axis-label"
      x={x(ms)}
      y={height - 4}
      text-anchor={i === 0 ? 'start' : i === labels ? 'end' : 'middle'}
    >
      {to - from > dayMs ? dayOf(new Date(ms)) : hourAndMinute(ms)}
    </text>
  ))
}
