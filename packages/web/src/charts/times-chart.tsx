import type { DeliveryTimes } from '@saucery/client/schemas'
import { count, duration } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { axisTo, Chart, chartWidth, height, left } from './chart-parts.tsx'

/** How long delivered orders took. */
export function TimesChart({ count: n, p50Ms, p90Ms, p99Ms, histogram }: DeliveryTimes) {
  const width = chartWidth()
  const shown = trimmed(histogram)
  const axis = axisTo(Math.max(0, ...shown.map((bucket) => bucket.count)))
  const slot = (width - left) / Math.max(1, shown.length)
  const isKnown = n > 0 && p50Ms !== null && p90Ms !== null && p99Ms !== null
  const text = isKnown
    ? `half within ${duration(p50Ms)}, 90 % within ${duration(p90Ms)}, 99 % within ${duration(p99Ms)}`
    : 'none delivered'
  const every = Math.ceil(shown.length / (width / 75))
  return (
    <Chart
      caption="From placed to delivered"
      summary={isKnown ? text : 'none delivered yet'}
      label={`From placed to delivered: ${text}`}
      width={width}
      axis={axis}
      table={
        <Table
          items={shown}
          keyOf={nameOf}
          columns={{ 'Up to': nameOf, DELIVERED: (bucket) => count(bucket.count) }}
        />
      }
    >
      {shown.map((bucket, i) => (
        <g key={bucket.upToMs}>
          <rect
            class="delivered"
            x={left + i * slot + 1}
            width={Math.max(1, slot - 2)}
            y={axis.y(bucket.count)}
            height={axis.y(0) - axis.y(bucket.count)}
          />
          {i % every === 0 && (
            <text class="axis-label" x={left + (i + 0.5) * slot} y={height - 4} text-anchor="middle">
              {bucket.upToMs === null ? 'longer' : `≤ ${nameOf(bucket)}`}
            </text>
          )}
        </g>
      ))}
    </Chart>
  )
}

const nameOf = ({ upToMs }: DeliveryTimes['histogram'][number]) =>
  upToMs === null ? 'longer' : duration(upToMs)

/** The buckets that hold something, and one on each side. */
function trimmed(histogram: DeliveryTimes['histogram']): DeliveryTimes['histogram'] {
  const first = histogram.findIndex(({ count: n }) => n > 0)
  const last = histogram.findLastIndex(({ count: n }) => n > 0)
  return first < 0 ? [] : histogram.slice(Math.max(0, first - 1), last + 2)
}
