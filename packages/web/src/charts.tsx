import { count, duration, hourAndMinute } from './format.ts'
import { roomy } from './screen.ts'
import { ticksTo } from './ticks.ts'
import type { Durations, Statistics, Step } from './types.ts'

const height = 150
const left = 44
const bottom = 20
const top = 8

/** What became of the orders of each step of time, and how long they took. */
export const Charts = ({ statistics }: { statistics: Statistics | undefined }) => (
  <div class="charts">
    {statistics && (
      <>
        <Outcomes {...statistics} />
        <Times {...statistics.delivery} />
      </>
    )}
  </div>
)

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

/** Of a chart's own units; text in it is as large as beside it where there are about as many pixels. */
const widthNow = () => (roomy.value ? 600 : 360)

function Outcomes({ since, until, stepMs, steps }: Statistics) {
  const width = widthNow()
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const marks = ticksTo(Math.max(0, ...steps.map(({ placed }) => placed)))
  const end = marks.at(-1) ?? 1
  const x = (ms: number) => left + ((ms - from) / (to - from)) * (width - left)
  const y = (n: number) => top + (1 - n / end) * (height - bottom - top)
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
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Placed</th>
              {kinds.map(({ name, label }) => (
                <th key={name} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps
              .filter((step) => step.placed > 0)
              .map((step) => (
                <tr key={step.time}>
                  <th scope="row">{hourAndMinute(Date.parse(step.time))}</th>
                  <td>{count(step.placed)}</td>
                  {kinds.map(({ name }) => (
                    <td key={name}>{count(countsOf(step)[name])}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </details>
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

function Axis({ marks, y, width }: { marks: readonly number[]; y: (n: number) => number; width: number }) {
  return marks.map((mark) => (
    <g key={mark} class="axis">
      <line x1={left} x2={width} y1={y(mark)} y2={y(mark)} />
      <text x={left - 6} y={y(mark) + 4} text-anchor="end">
        {count(mark)}
      </text>
    </g>
  ))
}

const labels = 4

function TimeLabels({ from, to, x }: { from: number; to: number; x: (ms: number) => number }) {
  const long = to - from > 86_400_000
  return Array.from({ length: labels + 1 }, (_, i) => from + ((to - from) * i) / labels).map((ms, i) => (
    <text
      key={ms}
      class="axis-label"
      x={x(ms)}
      y={height - 4}
      text-anchor={i === 0 ? 'start' : i === labels ? 'end' : 'middle'}
    >
      {long ? new Date(ms).toLocaleDateString('en', { day: 'numeric', month: 'short' }) : hourAndMinute(ms)}
    </text>
  ))
}

function Times({ count: n, p50Ms, p90Ms, p99Ms, histogram }: Durations) {
  const width = widthNow()
  const shown = trimmed(histogram)
  const marks = ticksTo(Math.max(0, ...shown.map((bucket) => bucket.count)))
  const end = marks.at(-1) ?? 1
  const y = (value: number) => top + (1 - value / end) * (height - bottom - top)
  const slot = (width - left) / Math.max(1, shown.length)
  const told = n > 0 && p50Ms !== null && p90Ms !== null && p99Ms !== null
  const text = told
    ? `half within ${duration(p50Ms)}, 90 % within ${duration(p90Ms)}, 99 % within ${duration(p99Ms)}`
    : 'none delivered'
  const every = Math.ceil(shown.length / (width / 75))
  return (
    <figure class="chart">
      <figcaption>
        From placed to delivered <b>{told ? text : 'none delivered yet'}</b>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`From placed to delivered: ${text}`}>
        <Axis marks={marks} y={y} width={width} />
        {shown.map((bucket, i) => (
          <rect
            key={bucket.upToMs}
            class="delivered"
            x={left + i * slot + 1}
            width={Math.max(1, slot - 2)}
            y={y(bucket.count)}
            height={y(0) - y(bucket.count)}
          />
        ))}
        {shown.map((bucket, i) =>
          i % every === 0 ? (
            <text
              key={bucket.upToMs}
              class="axis-label"
              x={left + (i + 0.5) * slot}
              y={height - 4}
              text-anchor="middle"
            >
              {bucket.upToMs === null ? 'more' : `≤ ${duration(bucket.upToMs)}`}
            </text>
          ) : null,
        )}
      </svg>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Up to</th>
              <th scope="col">DELIVERED</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((bucket) => (
              <tr key={bucket.upToMs}>
                <th scope="row">{bucket.upToMs === null ? 'more' : duration(bucket.upToMs)}</th>
                <td>{count(bucket.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** From the first bucket with something in it to the last. */
function trimmed(histogram: Durations['histogram']): Durations['histogram'] {
  const first = histogram.findIndex(({ count: n }) => n > 0)
  const last = histogram.findLastIndex(({ count: n }) => n > 0)
  return first < 0 ? [] : histogram.slice(Math.max(0, first - 1), last + 2)
}
