import { retryAfterMs } from '../api/retry.ts'

/**
 * Calls at once and then in this interval while somebody looks, never twice at a time; later where it is told to
 * come back later. @returns what stops it
 */
export function whileVisible(ms: number, work: (signal: AbortSignal) => Promise<unknown>): () => void {
  const stopped = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  const run = async () => {
    clearTimeout(timer)
    if (busy || stopped.signal.aborted || document.visibilityState !== 'visible') return
    busy = true
    const pauseMs = await work(stopped.signal).then(
      () => ms,
      (error) => Math.max(ms, retryAfterMs(error)),
    )
    busy = false
    if (!stopped.signal.aborted) timer = setTimeout(run, pauseMs)
  }
  document.addEventListener('visibilitychange', run, { signal: stopped.signal })
  void run()
  return () => {
    stopped.abort()
    clearTimeout(timer)
  }
}
