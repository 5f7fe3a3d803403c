import { z } from '@hono/zod-openapi'
import { queryTime } from '@saucery/chassis/http/pages'
import { wholeNumber } from '@saucery/chassis/http/strict-query'
import { itemId } from '@saucery/contracts/fields'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const maxSteps = 500

/** The orders of a period. Times are in milliseconds since the epoch; `until` is exclusive. */
export interface StatisticsQuery {
  readonly since: number
  readonly until: number
  readonly stepMs: number
  readonly branchId?: string | undefined
}

/** The length of an ISO 8601 time to the minute. */
export const minuteLength = '2026-01-31T12:00'.length

/**
 * How many characters of the placing's time orders are grouped by: to the hour when every step is whole hours, because
 * a month of minutes would be far more groups than the answer needs; else to the minute.
 */
export const placedTimeLength = ({ since, stepMs }: StatisticsQuery): number =>
  since % hourMs === 0 && stepMs % hourMs === 0 ? minuteLength - ':00'.length : minuteLength

const wholeMinutes = wholeNumber(minuteMs).refine(
  (ms) => ms % minuteMs === 0,
  `must be a multiple of ${minuteMs}`,
)

export const statisticsParameters = z.object({
  since: queryTime
    .optional()
    .describe(
      'Only orders placed from this time on; by default an hour before `until`. Rounded down, as `until` is rounded ' +
        'up: to the second, to the minute where they are an hour or more apart, to the hour where 500 hours',
    ),
  until: queryTime.optional().describe('Only orders placed before this time; by default now'),
  stepMs: wholeMinutes.optional().describe(`Whole minutes, in milliseconds; at most ${maxSteps} steps`),
  branchId: itemId.optional(),
})

export type StatisticsParameters = z.infer<typeof statisticsParameters>

/**
 * Fills in what the parameters leave out: the last hour, and steps of a minute or, for a long period, longer ones.
 * Rounds what they have, so that questions that differ by a moment are the same.
 * @returns the query, or the parameter that is not valid
 */
export function statisticsQuery(
  { since, until, stepMs, branchId }: StatisticsParameters,
  now: number,
): StatisticsQuery | { readonly parameter: string; readonly detail: string } {
  const end = until === undefined ? now : Date.parse(until)
  const start = since === undefined ? end - hourMs : Date.parse(since)
  if (start >= end) return { parameter: 'since', detail: 'must be before `until`' }
  const shortest = Math.ceil((end - start) / maxSteps / minuteMs) * minuteMs
  const step =
    stepMs ?? (shortest > hourMs ? Math.ceil(shortest / hourMs) * hourMs : Math.max(minuteMs, shortest))
  if (step < shortest) return { parameter: 'stepMs', detail: `must be at least ${shortest} for this period` }
  const grain = grainOf(end - start)
  const roundedEnd = until === undefined ? end : Math.ceil(end / grain) * grain
  return {
    since: since === undefined ? roundedEnd - hourMs : Math.floor(start / grain) * grain,
    until: roundedEnd,
    stepMs: step,
    branchId,
  }
}

const grainOf = (periodMs: number): number => {
  if (periodMs < hourMs) return 1000
  return periodMs < maxSteps * hourMs ? minuteMs : hourMs
}

/** The same for all questions with the same answer, however they are spelt; "until now" is one question. */
export const statisticsKey = (parameters: StatisticsParameters, query: StatisticsQuery): string =>
  JSON.stringify([
    parameters.since === undefined && parameters.until === undefined ? 'the last hour' : query.since,
    parameters.until === undefined ? 'now' : query.until,
    query.stepMs,
    query.branchId,
  ])
