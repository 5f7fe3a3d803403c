import { CallRefused, Unreachable } from './errors.ts'

/**
 * Decides whether a POST that failed is sent again.
 * @param attempt how often it was sent
 * @param elapsedMs since it was first sent
 * @returns the pause before it, in ms; undefined to give up
 */
export type RetryPolicy = (error: unknown, attempt: number, elapsedMs: number) => number | undefined

const unanswered = ['upstream-unavailable', 'upstream-timeout']

/** Once more, at once, when the request may not have arrived. */
export const onceIfUnanswered: RetryPolicy = (error, attempt) => {
  const mayBeLost =
    error instanceof Unreachable || (error instanceof CallRefused && unanswered.includes(error.code))
  return mayBeLost && attempt === 1 ? 0 : undefined
}

/** Again and again for this long, as long as the failure may pass. */
export const whileTransient =
  (forMs: number, pauseMs = 250): RetryPolicy =>
  (error, _attempt, elapsedMs) =>
    isTransient(error) && elapsedMs < forMs ? Math.max(pauseMs, retryAfterMs(error)) : undefined

const transient = ['event-not-arrived', 'request-in-progress']

/** Whether the same request may succeed later: nothing is wrong with it. */
export const isTransient = (error: unknown): boolean =>
  !(error instanceof CallRefused) ||
  error.status >= 500 ||
  error.status === 429 ||
  transient.includes(error.code)

/** How long the service asks to be left alone; 0 where it does not say. */
export const retryAfterMs = (error: unknown): number =>
  (error instanceof CallRefused && error.retryAfterMs) || 0
