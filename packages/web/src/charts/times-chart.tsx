import type { DeliveryTimes } from '@saucery/client/schemas'
import { count, duration } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { Chart, chartWidth, left } from './chart-parts.tsx'

type Bucket = DeliveryTimes['histogram'][number]

export function TimesChart({ count: n, p50Ms, p90Ms, p99Ms, histogram }: DeliveryTimes) {
  const width = chartWidth()
  const shown = trimmed(histogram)
  const slot = (width - left) / Math.max(1, shown.length)
  const isKnown = n > 0 && p50Ms !== null && p90Ms !== null && p99Ms !== null
  const text = isKnown
    ? `half within ${duration(p50Ms)}, 90 % within ${duration(p90Ms)}, 99 % within ${duration(p99Ms)}`
    : 'none delivered'
  const every = Math.ceil(shown.length / (width / 75))
  const bars = shown.map(({ count: to }, i) => {
    return { name: 'delivered', x: left + i * slot + 1, width: Math.max(1, slot - 2), from: 0, to }
  })
  const labels = shown.map((bucket, i) => {
    const text = bucket.upToMs === null ? 'longer' : `≤ ${nameOf(bucket)}`
    return { x: left + (i + 0.5) * slot, text, anchor: 'middle' as const }
  })
  return (
    <Chart
      caption="From placed to delivered"
      summary={isKnown ? text : 'none delivered yet'}
      label={`From placed to delivered: ${text}`}
      width={width}
      bars={bars}
      labels={labels.filter((_, i) => i % every === 0)}
    >
      <Table
        items={shown}
        keyOf={nameOf}
        columns={{ 'Up to': nameOf, DELIVERED: (bucket) => count(bucket.count) }}
      />
    </Chart>
  )
}

const nameOf = ({ upToMs }: Bucket) => (upToMs === null ? 'longer' : duration(upToMs))

/** The buckets that hold something, and one on each side. */
function trimmed(histogram: readonly Bucket[]): readonly Bucket[] {
  const first = histogram.findIndex(({ count: n }) => n > 0)
  const last = histogram.findLastIndex(({ count: n }) => n > 0)
  return first < 0 ? [] : histogram.slice(Math.max(0, first - 1), last + 2)
}
