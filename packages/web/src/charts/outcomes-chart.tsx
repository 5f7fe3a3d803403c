import type { Statistics, StatisticsStep } from '@saucery/client/schemas'
import { count, dayOf, hourAndMinute } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { axisTo, Chart, chartWidth, height, left } from './chart-parts.tsx'

const kinds = [
  { name: 'delivered', label: 'DELIVERED' },
  { name: 'cancelled', label: 'CANCELLED' },
  { name: 'rejected', label: 'REJECTED' },
  { name: 'failed', label: 'FAILED' },
  { name: 'underway', label: 'In progress' },
] as const

type Counts = Readonly<Record<(typeof kinds)[number]['name'], number>>

/** Orders placed in a step that have not ended are in progress. */
const countsOf = ({ placed, delivered, failed, cancelled, rejected }: StatisticsStep): Counts => ({
  delivered,
  cancelled,
  rejected,
  failed,
  underway: Math.max(0, placed - delivered - failed - cancelled - rejected),
})

/** Orders by the time when they were placed and by how they ended. */
export function OutcomesChart({ since, until, stepMs, steps }: Statistics) {
  const width = chartWidth()
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const axis = axisTo(Math.max(0, ...steps.map(({ placed }) => placed)))
  const x = (ms: number) => left + ((ms - from) / (to - from)) * (width - left)
  const placed = sum(steps.map((step) => step.placed))
  const barWidth = Math.max(1, x(from + stepMs) - x(from) - 1)
  const text = kinds
    .map(({ name, label }) => `${count(sum(steps.map((step) => countsOf(step)[name])))} ${label}`)
    .join(', ')
  return (
    <Chart
      caption="Orders over time, by outcome"
      summary={count(placed)}
      label={`${count(placed)} orders placed: ${text}`}
      width={width}
      axis={axis}
      legend={
        <ul class="legend">
          {kinds.map(({ name, label }) => (
            <li key={name} class={name}>
              {label}
            </li>
          ))}
        </ul>
      }
      table={
        <Table
          items={steps.filter((step) => step.placed > 0)}
          keyOf={({ time }) => time}
          columns={{
            From: ({ time }) => timeIn(to - from, Date.parse(time)),
            Placed: (step) => count(step.placed),
            ...Object.fromEntries(
              kinds.map(({ name, label }) => [label, (step: StatisticsStep) => count(countsOf(step)[name])]),
            ),
          }}
        />
      }
    >
      {steps.flatMap((step) => {
        let below = 0
        return kinds.map(({ name }) => {
          const from = below
          below += countsOf(step)[name]
          if (below === from) return null
          const height = axis.y(from) - axis.y(below)
          return (
            <rect
              key={`${step.time} ${name}`}
              class={name}
              x={x(Date.parse(step.time))}
              width={barWidth}
              y={axis.y(below)}
              height={height}
            />
          )
        })
      })}
      <TimeLabels from={from} to={to} x={x} />
    </Chart>
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

const labels = 4
const dayMs = 86_400_000

/** A time, with its day where the chart spans several. */
const timeIn = (spanMs: number, ms: number) =>
  spanMs >= dayMs ? `${dayOf(ms)}, ${hourAndMinute(ms)}` : hourAndMinute(ms)

function TimeLabels({ from, to, x }: { from: number; to: number; x: (ms: number) => number }) {
  return Array.from({ length: labels + 1 }, (_, i) => from + ((to - from) * i) / labels).map((ms, i) => (
    <text
      key={ms}
      class="axis-label"
      x={x(ms)}
      y={height - 4}
      text-anchor={i === 0 ? 'start' : i === labels ? 'end' : 'middle'}
    >
      {to - from > dayMs ? dayOf(ms) : hourAndMinute(ms)}
    </text>
  ))
}
