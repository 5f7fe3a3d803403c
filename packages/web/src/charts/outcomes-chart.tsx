import type { Statistics, StatisticsStep } from '@saucery/client/schemas'
import { count, dayOf, hourAndMinute } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { Chart, chartWidth, left } from './chart-parts.tsx'

const kinds = [
  { name: 'delivered', label: 'DELIVERED' },
  { name: 'cancelled', label: 'CANCELLED' },
  { name: 'rejected', label: 'REJECTED' },
  { name: 'failed', label: 'FAILED' },
  { name: 'underway', label: 'In progress' },
] as const

/** Orders placed in a step that have not ended are in progress. */
const withUnderway = (step: StatisticsStep) => ({
  ...step,
  underway: Math.max(0, step.placed - step.delivered - step.failed - step.cancelled - step.rejected),
})

type Step = ReturnType<typeof withUnderway>

const anchors = ['start', 'middle', 'middle', 'middle', 'end'] as const
const dayMs = 86_400_000

/** Orders by the time when they were placed and by how they ended. */
export function OutcomesChart({ since, until, stepMs, steps: counted }: Statistics) {
  const steps = counted.map(withUnderway)
  const width = chartWidth()
  const start = Date.parse(since)
  const spanMs = Date.parse(until) - start
  const x = (ms: number) => left + ((ms - start) / spanMs) * (width - left)
  const barWidth = Math.max(1, x(start + stepMs) - x(start) - 1)
  const placed = sum(steps.map((step) => step.placed))
  const text = kinds
    .map(({ name, label }) => `${count(sum(steps.map((step) => step[name])))} ${label}`)
    .join(', ')
  const bars = steps.flatMap((step) => {
    let below = 0
    return kinds.map(({ name }) => {
      const from = below
      below += step[name]
      return { name, x: x(Date.parse(step.time)), width: barWidth, from, to: below }
    })
  })
  const labels = anchors.map((anchor, i) => {
    const ms = start + (spanMs * i) / (anchors.length - 1)
    return { x: x(ms), text: spanMs > dayMs ? dayOf(ms) : hourAndMinute(ms), anchor }
  })
  return (
    <Chart
      caption="Orders over time, by outcome"
      summary={count(placed)}
      label={`${count(placed)} orders placed: ${text}`}
      width={width}
      bars={bars.filter(({ from, to }) => to > from)}
      labels={labels}
      legend={
        <ul class="legend">
          {kinds.map(({ name, label }) => (
            <li key={name} class={name}>
              {label}
            </li>
          ))}
        </ul>
      }
    >
      <Table
        items={steps.filter((step) => step.placed > 0)}
        keyOf={({ time }) => time}
        columns={{
          From: ({ time }) => timeIn(spanMs, Date.parse(time)),
          Placed: (step) => count(step.placed),
          ...Object.fromEntries(kinds.map(({ name, label }) => [label, (step: Step) => count(step[name])])),
        }}
      />
    </Chart>
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

/** A time, with its day where the chart spans several. */
const timeIn = (spanMs: number, ms: number) =>
  spanMs >= dayMs ? `${dayOf(ms)}, ${hourAndMinute(ms)}` : hourAndMinute(ms)
