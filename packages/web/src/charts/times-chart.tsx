import type { DeliveryTimes } from '@saucery/client/schemas'
import { count, duration } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { Axis, axisTo, chartWidth, DataTable, height, left } from './chart-parts.tsx'

/** How long delivered orders took. */
export function TimesChart({ count: n, p50Ms, p90Ms, p99Ms, histogram }: DeliveryTimes) {
  const width = chartWidth()
  const shown = trimmed(histogram)
  const { marks, y } = axisTo(Math.max(0, ...shown.map((bucket) => bucket.count)))
  const slot = (width - left) / Math.max(1, shown.length)
  const isKnown = n > 0 && p50Ms !== null && p90Ms !== null && p99Ms !== null
  const text = isKnown
    ? `half within ${duration(p50Ms)}, 90 % within ${duration(p90Ms)}, 99 % within ${duration(p99Ms)}`
    : 'none delivered'
  const every = Math.ceil(shown.length / (width / 75))
  return (
    <figure class="chart">
      <figcaption>
        From placed to delivered <b>{isKnown ? text : 'none delivered yet'}</b>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`From placed to delivered: ${text}`}>
        <Axis marks={marks} y={y} width={width} />
        {shown.map((bucket, i) => (
          <g key={bucket.upToMs}>
            <rect
              class="delivered"
              x={left + i * slot + 1}
              width={Math.max(1, slot - 2)}
              y={y(bucket.count)}
              height={y(0) - y(bucket.count)}
            />
            {i % every === 0 && (
              <text class="axis-label" x={left + (i + 0.5) * slot} y={height - 4} text-anchor="middle">
                {bucket.upToMs === null ? 'longer' : `≤ ${nameOf(bucket)}`}
              </text>
            )}
          </g>
        ))}
      </svg>
      <DataTable>
        <Table
          items={shown}
          keyOf={nameOf}
          columns={{ 'Up to': nameOf, DELIVERED: (bucket) => count(bucket.count) }}
        />
      </DataTable>
    </figure>
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
