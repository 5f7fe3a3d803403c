import { isTransient, retryAfterMs } from '@saucery/client/retry'

/**
 * Repeats a call until it is answered, or refused for good.
 * @param onError called with each failure
 * @returns undefined when it was refused or `stopped`
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  stopped: AbortSignal,
  onError: (error: Error) => void,
  pauseMs = 3000,
): Promise<T | undefined> {
  while (!stopped.aborted) {
    try {
      return await call()
    } catch (error) {
      if (stopped.aborted) return undefined
      onError(error as Error)
      if (!isTransient(error)) return undefined
      await pause(Math.max(pauseMs, retryAfterMs(error)), stopped)
    }
  }
}

/** Resolves after the time, or at once when `stopped` is aborted. */
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
