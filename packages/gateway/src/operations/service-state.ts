/** How far a consumer is behind, as `consumerSchema` describes it. */
type Consumer = Readonly<Record<string, unknown>>

/** What a service reports of itself. The gateway passes it on as it is. */
export interface ServiceReport {
  readonly consumers: readonly Consumer[]
}

export interface LagOfOthers {
  readonly items: readonly (Consumer & { readonly service: string })[]
}

/** How a question ended: with an answer, or for a reason without one. */
export type Asked<T> = { readonly ms: number } & (
  | { readonly found: T }
  | { readonly reason: string; readonly isBusy: boolean }
)

interface Found<T> {
  readonly at: number
  readonly value: T
}

/** The newest that is known of a service, whenever that was; `at` in ms. */
export interface Known {
  readonly report?: Found<ServiceReport>
  readonly lag?: Found<readonly Consumer[]> & { readonly readBy: string }
}

/** An answer that takes longer is slow. */
const slowMs = 500

export type ServiceState = { readonly answerMs: number } & (
  | { readonly state: 'up' | 'slow' }
  | { readonly state: 'slow' | 'down'; readonly reason: string }
)

export function stateOf(asked: Asked<unknown>): ServiceState {
  const answerMs = Math.round(asked.ms)
  if ('found' in asked) return { state: asked.ms > slowMs ? 'slow' : 'up', answerMs }
  return { state: asked.isBusy ? 'slow' : 'down', answerMs, reason: asked.reason }
}

/** A service knows its own lag best. */
export const selfReported = (service: string, value: ServiceReport, at: number): Known => ({
  report: { at, value },
  lag: { at, value: value.consumers, readBy: service },
})

/** The lag of a service that did not answer, as the observer has read it from NATS. */
export function observed(
  known: Known,
  service: string,
  { items }: LagOfOthers,
  readBy: string,
  at: number,
): Known {
  const own = items.filter((it) => it.service === service)
  return { ...known, lag: { at, value: own.map(({ service: _, ...lag }) => lag), readBy } }
}

/** The values with their age at `now`; what was never known is absent. */
export const aged = ({ report, lag }: Known, now: number) => ({
  ...(report && { report: { ageMs: Math.round(now - report.at), ...report.value } }),
  ...(lag && { lag: { ageMs: Math.round(now - lag.at), readBy: lag.readBy, consumers: lag.value } }),
})
