import { Refused } from './api.ts'

const againMs = 3000

/** Whether asking once more may help: the request was good. */
export const mayPass = (error: unknown): boolean =>
  !(error instanceof Refused) || error.status >= 500 || error.status === 429 || isOnItsWay(error)

/** How long whoever refused wants to be left alone. */
export const retryAfterMs = (error: unknown): number => (error instanceof Refused && error.retryAfterMs) || 0

/** What was written has not been heard of by who is asked. */
export const isOnItsWay = (error: Error): boolean =>
  error instanceof Refused && error.code === 'event-not-arrived'

/**
 * Asks until there is an answer, or a refusal that stays.
 * @param onError told of each failure
 * @returns undefined when there is no answer, or it is no longer wanted
 */
export async function untilAnswered<T>(
  ask: () => Promise<T>,
  stopped: AbortSignal,
  onError: (error: Error) => void,
  pauseMs = againMs,
): Promise<T | undefined> {
  while (!stopped.aborted) {
    try {
      return await ask()
    } catch (error) {
      if (stopped.aborted) return undefined
      onError(error as Error)
      if (!mayPass(error)) return undefined
      await pause(Math.max(pauseMs, retryAfterMs(error)), stopped)
    }
  }
  return undefined
}

/** Ends after the time, or when it is stopped. */
export function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stopped.addEventListener('abort', end)
  })
}
