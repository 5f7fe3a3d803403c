import { z } from '@hono/zod-openapi'
import { countByStep, durationsOf, forEachStatus } from '@saucery/contracts/statistics'
import type { Status } from '@saucery/contracts/status'
import { minuteLength, type StatisticsQuery } from './statistics-query.ts'

const count = z.int().min(0)
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

/** How many orders of one status were placed within the same minute or hour. */
export interface PlacedCount {
  /** The beginning of an ISO 8601 time; empty while the order's placing is not known. */
  readonly time: string
  readonly status: Status
  readonly count: number
}

/**
 * Counts the orders of a period by status, and by the step in which they were placed.
 * @param tookMs the durations of deliveries, from the placing on
 */
export function statisticsOf(
  query: StatisticsQuery,
  placed: readonly PlacedCount[],
  tookMs: readonly number[],
): Statistics {
  const timed = placed.map(({ time, status, count }) => {
    return { time: Date.parse(`${time.padEnd(minuteLength, ':00')}Z`), status, count }
  })
  return { ...countByStep(query, timed), delivery: durationsOf(tookMs) }
}
