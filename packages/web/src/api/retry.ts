import { pause } from '@saucery/client/pause'
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
