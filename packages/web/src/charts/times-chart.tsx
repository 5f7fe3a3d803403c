import type { DeliveryTimes } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { count, duration } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { Chart } from './chart-parts.tsx'

type Bucket = DeliveryTimes['histogram'][number]

export function TimesChart({
  of: { count: n, p50Ms, p90Ms, p99Ms, histogram },
  scope,
}: {
  of: DeliveryTimes
  scope: string
}) {
  const shown = trimmed(histogram)
  const isKnown = n > 0 && p50Ms !== null && p90Ms !== null && p99Ms !== null
  const all = isKnown && `p50 ${duration(p50Ms)}, p90 ${duration(p90Ms)}, p99 ${duration(p99Ms)}`
  return (
    <Chart
      caption={t.charts.times}
      summary={isKnown ? `p50 ${duration(p50Ms)} · p90 ${duration(p90Ms)}` : t.charts.noneDelivered}
      scope={scope}
      label={t.charts.timesLabel(all || t.charts.noneDelivered)}
      bars={shown
        .map(({ count: to }, slot) => ({ name: 'delivered', slot, from: 0, to }))
        .filter(({ to }) => to > 0)}
      slots={shown.map((bucket) => `${nameOf(bucket)}: ${count(bucket.count)}`)}
      labels={shown.map((bucket, i) => ({ x: (i + 0.5) / shown.length, text: nameOf(bucket) }))}
    >
      <Table
        items={shown}
        keyOf={nameOf}
        columns={{ [t.charts.upTo]: nameOf, DELIVERED: (bucket) => count(bucket.count) }}
      />
    </Chart>
  )
}

const nameOf = ({ upToMs }: Bucket) => (upToMs === null ? t.charts.longer : `≤ ${duration(upToMs)}`)

/** The buckets that hold something, and one on each side. */
function trimmed(histogram: readonly Bucket[]): readonly Bucket[] {
  const first = histogram.findIndex(({ count: n }) => n > 0)
  const last = histogram.findLastIndex(({ count: n }) => n > 0)
  return first < 0 ? [] : histogram.slice(Math.max(0, first - 1), last + 2)
}
