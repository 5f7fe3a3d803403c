import { type Status, statuses } from './status.ts'

// The dashboard counts all orders like this, and the page those that it has loaded: so their numbers agree.

/** A period of whole steps, in ms since the epoch; `until` is exclusive. */
interface Period {
  readonly since: number
  readonly until: number
  readonly stepMs: number
}

/** How many orders of one status were placed at about the same time, in ms since the epoch. */
interface PlacedAt {
  readonly time: number
  readonly status: Status
  readonly count: number
}

export const forEachStatus = <T>(value: T) =>
  Object.fromEntries(statuses.map((status) => [status, value])) as Record<Status, T>

/** Orders by the step in which they were placed, and how they ended. */
interface OutcomeStep {
  /** When the step begins. */
  readonly time: string
  placed: number
  delivered: number
  failed: number
  cancelled: number
  rejected: number
}

const outcomes: Partial<Record<Status, Exclude<keyof OutcomeStep, 'time' | 'placed'>>> = {
  DELIVERED: 'delivered',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  REJECTED: 'rejected',
}

/** Counts the orders of a period by status, and by the step in which they were placed. */
export function countByStep({ since, until, stepMs }: Period, placed: Iterable<PlacedAt>) {
  const steps = Array.from({ length: Math.ceil((until - since) / stepMs) }, (_, i): OutcomeStep => {
    const time = new Date(since + i * stepMs).toISOString()
    return { time, placed: 0, delivered: 0, failed: 0, cancelled: 0, rejected: 0 }
  })
  const byStatus = forEachStatus(0)
  for (const { time, status, count } of placed) {
    byStatus[status] += count
    // The first minute may begin before `since`; and an order's id is older than its placing by a moment.
    const at = Math.floor((time - since) / stepMs)
    const step = steps[Math.min(Math.max(0, at), steps.length - 1)]
    if (!step) continue
    step.placed += count
    const outcome = outcomes[status]
    if (outcome) step[outcome] += count
  }
  const period = { since: new Date(since).toISOString(), until: new Date(until).toISOString(), stepMs }
  return { ...period, byStatus, steps }
}

const boundsSeconds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600, 72 * 3600]
const boundsMs = boundsSeconds.map((seconds) => 1000 * seconds)

/** Percentiles by the nearest rank; null when there are no durations. */
export function durationsOf(tookMs: readonly number[]) {
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
