import { z } from '@hono/zod-openapi'
import { type Status, statuses } from '@saucery/contracts/status'
import { minuteLength, type StatisticsQuery } from './statistics-query.ts'

const count = z.int().min(0)
const forEachStatus = <T>(value: T) =>
  Object.fromEntries(statuses.map((status) => [status, value])) as Record<Status, T>
const percentileMs = z.int().min(0).nullable().describe('Null when no order was delivered')

const stepJson = z.object({
  time: z.iso.datetime().describe('When the step begins'),
  placed: count,
  delivered: count,
  failed: count,
  cancelled: count,
  rejected: count,
})

export const statisticsJson = z
  .object({
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    stepMs: z.int(),
    byStatus: z.object(forEachStatus(count)),
    steps: z.array(stepJson).describe('Orders by the minute of their placing, and their outcomes'),
    delivery: z
      .object({
        count: count.describe('The newest orders, at most 10,000'),
        p50Ms: percentileMs,
        p90Ms: percentileMs,
        p99Ms: percentileMs,
        histogram: z.array(z.object({ upToMs: z.int().nullable().describe('Null: no limit'), count })),
      })
      .describe('Durations from the placing to DELIVERED'),
  })
  .openapi('Statistics')

export type Statistics = z.infer<typeof statisticsJson>
type Step = z.infer<typeof stepJson>

/** How many orders of one status were placed within the same minute or hour. */
export interface PlacedCount {
  /** The beginning of an ISO 8601 time; empty while the order's placing is not known. */
  readonly time: string
  readonly status: Status
  readonly count: number
}

const outcomes: Partial<Record<Status, Exclude<keyof Step, 'time' | 'placed'>>> = {
  DELIVERED: 'delivered',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REJECTED: 'rejected',
}

/**
 * Counts the orders of a period by status, and by the step in which they were placed.
 * @param tookMs the durations of deliveries, from the placing on
 */
export function statisticsOf(
  { since, until, stepMs }: StatisticsQuery,
  placed: readonly PlacedCount[],
  tookMs: readonly number[],
): Statistics {
  const steps = Array.from({ length: Math.ceil((until - since) / stepMs) }, (_, i): Step => {
    const time = new Date(since + i * stepMs).toISOString()
    return { time, placed: 0, delivered: 0, failed: 0, cancelled: 0, rejected: 0 }
  })
  const byStatus = forEachStatus(0)
  for (const { time, status, count } of placed) {
    byStatus[status] += count
    // The first minute may begin before `since`; and an order's id is older than its placing by a moment.
    const at = Math.floor((Date.parse(`${time.padEnd(minuteLength, ':00')}Z`) - since) / stepMs)
    const step = steps[Math.min(Math.max(0, at), steps.length - 1)]
    if (!step) continue
    step.placed += count
    const outcome = outcomes[status]
    if (outcome) step[outcome] += count
  }
  const period = { since: new Date(since).toISOString(), until: new Date(until).toISOString(), stepMs }
  return { ...period, byStatus, steps, delivery: durationsOf(tookMs) }
}

const boundsSeconds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600, 72 * 3600]
const boundsMs = boundsSeconds.map((seconds) => 1000 * seconds)

/** Percentiles by the nearest rank; null when there are no durations. */
export function durationsOf(tookMs: readonly number[]): Statistics['delivery'] {
  const sorted = [...tookMs].sort((a, b) => a - b)
  const percentile = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? null
  const below = boundsMs.map((bound) => sorted.filter((ms) => ms <= bound).length)
  const histogram = [...boundsMs, null].map((upToMs, i) => ({
    upToMs,
    count: (below[i] ?? sorted.length) - (below[i - 1] ?? 0),
  }))
  const percentiles = { p50Ms: percentile(50), p90Ms: percentile(90), p99Ms: percentile(99) }
  return { count: sorted.length, ...percentiles, histogram }
}
