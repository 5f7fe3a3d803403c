import type { Statistics, StatisticsStep } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { count, dayOf, hourAndMinute } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { Chart } from './chart-parts.tsx'

const kinds = [
  { name: 'delivered', label: 'DELIVERED' },
  { name: 'cancelled', label: 'CANCELLED' },
  { name: 'rejected', label: 'REJECTED' },
  { name: 'failed', label: 'FAILED' },
  { name: 'underway', label: t.charts.underway },
] as const

/** Orders placed in a step that have not ended are in progress. */
const withUnderway = (step: StatisticsStep) => ({
  ...step,
  underway: Math.max(0, step.placed - step.delivered - step.failed - step.cancelled - step.rejected),
})

type Step = ReturnType<typeof withUnderway>
type CountedSteps = Pick<Statistics, 'since' | 'until' | 'steps'>

const dayMs = 86_400_000

/** Orders by the time when they were placed and by how they ended. */
export function OutcomesChart({
  of: { since, until, steps: counted },
  scope,
}: {
  of: CountedSteps
  scope: string
}) {
  const steps = counted.map(withUnderway)
  const start = Date.parse(since)
  const spanMs = Date.parse(until) - start
  const placed = sum(steps.map((step) => step.placed))
  const text = kinds
    .map(({ name, label }) => `${count(sum(steps.map((step) => step[name])))} ${label}`)
    .join(', ')
  const bars = steps.flatMap((step, slot) => {
    let below = 0
    return kinds.map(({ name }) => {
      const from = below
      below += step[name]
      return { name, slot, from, to: below }
    })
  })
  const labels = [0, 0.25, 0.5, 0.75, 1].map((x) => {
    const ms = start + spanMs * x
    return { x, text: spanMs > dayMs ? dayOf(ms) : hourAndMinute(ms) }
  })
  const textOf = (step: Step) => {
    const parts = kinds
      .filter(({ name }) => step[name] > 0)
      .map(({ name, label }) => `${count(step[name])} ${label}`)
    return `${timeIn(spanMs, Date.parse(step.time))}: ${parts.join(', ') || t.charts.none}`
  }
  return (
    <Chart
      caption={t.charts.outcomes}
      summary={count(placed)}
      scope={scope}
      label={t.charts.outcomesLabel(count(placed), text)}
      bars={bars.filter(({ from, to }) => to > from)}
      slots={steps.map(textOf)}
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
          [t.charts.from]: ({ time }) => timeIn(spanMs, Date.parse(time)),
          [t.charts.placed]: (step) => count(step.placed),
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
