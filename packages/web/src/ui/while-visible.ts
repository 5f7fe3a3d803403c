import { retryAfterMs } from '@saucery/client/retry'

/**
 * Calls `work` at once and then in this interval while the page is visible, never twice at a time. After a refusal
 * with `Retry-After` it waits for as long as that says.
 * @returns stops it
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
