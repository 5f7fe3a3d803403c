import { type Status, statuses } from '@saucery/contracts/status'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** So many durations of deliveries are looked at, of the newest orders. */
export const mostDurations = 10_000

export interface StatisticsQuery {
  /** ms since the epoch; orders placed from here on, and before `until`. */
  readonly since: number
  readonly until: number
  readonly stepMs: number
  readonly branchId?: string | undefined
}

/**
 * So many orders that were placed within a minute, or an hour, stand there: the beginning of an ISO 8601 time, empty
 * where the placing was not heard of.
 */
export interface PlacedCount {
  readonly time: string
  readonly status: Status
  readonly count: number
}

const [hour, minute] = ['2026-01-31T12', '2026-01-31T12:00'].map(({ length }) => length) as [number, number]

/** How many letters of the time of placing are looked at: a month of minutes would be far more than is told of. */
export const placedLetters = ({ since, stepMs }: StatisticsQuery): number =>
  since % hourMs === 0 && stepMs % hourMs === 0 ? hour : minute

interface Step {
  readonly time: string
  placed: number
  delivered: number
  failed: number
  cancelled: number
  rejected: number
}

const outcomes: Partial<Record<Status, Exclude<keyof Step, 'time' | 'placed'>>> = {
  DELIVERED: 'delivered',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REJECTED: 'rejected',
}

/**
 * What became of the orders of a time, by when they were placed.
 * @param tookMs how long deliveries took, from the placing on
 */
export function statisticsOf(
  { since, until, stepMs }: StatisticsQuery,
  placed: readonly PlacedCount[],
  tookMs: readonly number[],
) {
  const steps = Array.from({ length: Math.ceil((until - since) / stepMs) }, (_, i): Step => {
    const time = new Date(since + i * stepMs).toISOString()
    return { time, placed: 0, delivered: 0, failed: 0, cancelled: 0, rejected: 0 }
  })
  const byStatus = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>
  for (const { time, status, count } of placed) {
    byStatus[status] = (byStatus[status] ?? 0) + count
    // The first minute may have begun before; and an order has its id a moment before it is placed.
    const at = Math.floor((Date.parse(`${time.padEnd(minute, ':00')}Z`) - since) / stepMs)
    const step = steps[Math.min(Math.max(0, at), steps.length - 1)]
    if (!step) continue
    step.placed += count
    const outcome = outcomes[status]
    if (outcome) step[outcome] += count
  }
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    stepMs,
    byStatus,
    steps,
    delivery: durationsOf(tookMs),
  }
}

const second = 1000
const bounds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600, 72 * 3600].map(
  (seconds) => seconds * second,
)

/** Percentiles by the nearest rank; null where there is nothing to tell. */
export function durationsOf(tookMs: readonly number[]) {
  const sorted = [...tookMs].sort((a, b) => a - b)
  const percentile = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? null
  const upTo = (bound: number) => sorted.filter((ms) => ms <= bound).length
  const below = bounds.map(upTo)
  const histogram = bounds.map((upToMs, i) => ({
    upToMs: upToMs as number | null,
    count: (below[i] ?? 0) - (below[i - 1] ?? 0),
  }))
  return {
    count: sorted.length,
    p50Ms: percentile(50),
    p90Ms: percentile(90),
    p99Ms: percentile(99),
    histogram: [...histogram, { upToMs: null, count: sorted.length - (below.at(-1) ?? 0) }],
  }
}

/** So many steps are told of at most. */
const mostSteps = 500

interface Asked {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly stepMs?: number | undefined
  readonly branchId?: string | undefined
}

/**
 * The last hour where nothing else is asked for, in steps of a minute or longer ones where that would be too many.
 * @returns the query, or the parameter that does not fit
 */
export function queryOf(
  { since, until, stepMs, branchId }: Asked,
  now: number,
): StatisticsQuery | { readonly parameter: string; readonly detail: string } {
  const end = until === undefined ? now : Date.parse(until)
  const start = since === undefined ? end - hourMs : Date.parse(since)
  if (start >= end) return { parameter: 'since', detail: 'must be before `until`' }
  const fewest = Math.ceil((end - start) / mostSteps / minuteMs) * minuteMs
  const step = stepMs ?? Math.max(minuteMs, fewest)
  if (step < fewest) return { parameter: 'stepMs', detail: `must be ${fewest} at least for such a long time` }
  return { since: start, until: end, stepMs: step, branchId }
}
