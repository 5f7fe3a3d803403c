import type { Durations } from '../api/types.ts'
import { count, duration } from '../ui/format.ts'
import { Axis, axisTo, height, left, Numbers, widthNow } from './chart-parts.tsx'

/** How long orders took that were delivered. */
export function Times({ count: n, p50Ms, p90Ms, p99Ms, histogram }: Durations) {
  const width = widthNow()
  const shown = trimmed(histogram)
  const { marks, y } = axisTo(Math.max(0, ...shown.map((bucket) => bucket.count)))
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
      <Numbers
        columns={['Up to', 'DELIVERED']}
        rows={shown.map((bucket) => [
          bucket.upToMs === null ? 'more' : duration(bucket.upToMs),
          count(bucket.count),
        ])}
      />
    </figure>
  )
}

/** From the first bucket with something in it to the last. */
function trimmed(histogram: Durations['histogram']): Durations['histogram'] {
  const first = histogram.findIndex(({ count: n }) => n > 0)
  const last = histogram.findLastIndex(({ count: n }) => n > 0)
  return first < 0 ? [] : histogram.slice(Math.max(0, first - 1), last + 2)
}
