import { CallRefused, Unreachable } from './errors.ts'

/**
 * Decides whether a POST that failed is sent again.
 * @param attempt the number of times it was sent
 * @param elapsedMs since it was first sent
 * @returns the pause before the next attempt, in ms; undefined to give up
 */
export type RetryPolicy = (error: unknown, attempt: number, elapsedMs: number) => number | undefined

/** The service, or the way to it, has no room now. */
const busyStatuses = [429, 502, 503]

/**
 * Sends it again while the answer is 429, 502 or 503, or there is none, until `forMs` are over. It pauses as long as
 * `Retry-After` says, and at least 0.25 s, doubling to 4 s, minus up to a half at random.
 */
export const whileBusy =
  (forMs = 15_000): RetryPolicy =>
  (error, attempt, elapsedMs) => {
    const isBusy =
      error instanceof Unreachable
        ? !(error.cause instanceof SyntaxError)
        : error instanceof CallRefused && (busyStatuses.includes(error.status) || error.code === inProgress)
    const pauseMs = Math.max(
      retryAfterMs(error),
      Math.min(4000, 125 * 2 ** attempt) * (0.5 + Math.random() / 2),
    )
    return isBusy && elapsedMs + pauseMs < forMs ? pauseMs : undefined
  }

/** The first request with the same key is not answered yet. */
const inProgress = 'request-in-progress'

const unanswered = ['upstream-unavailable', 'upstream-timeout']

/** Sends it once more, without a pause, when the request may not have arrived. */
export const onceIfUnanswered: RetryPolicy = (error, attempt) => {
  const mayBeLost =
    error instanceof Unreachable || (error instanceof CallRefused && unanswered.includes(error.code))
  return mayBeLost && attempt === 1 ? 0 : undefined
}

/** Sends it again until `forMs` are over, as long as the failure is transient. */
export const whileTransient =
  (forMs: number, pauseMs = 250): RetryPolicy =>
  (error, _attempt, elapsedMs) =>
    isTransient(error) && elapsedMs < forMs ? Math.max(pauseMs, retryAfterMs(error)) : undefined

const transient = ['event-not-arrived', inProgress]

/** Whether the same request may succeed later, because the failure is not the request's fault. */
export const isTransient = (error: unknown): boolean =>
  !(error instanceof CallRefused) ||
  error.status >= 500 ||
  error.status === 429 ||
  transient.includes(error.code)

/** The pause that the service asks for with `Retry-After`; 0 without it. */
export const retryAfterMs = (error: unknown): number =>
  (error instanceof CallRefused && error.retryAfterMs) || 0
