import type { ReadonlySignal } from '@preact/signals'
import type { LiveConnection } from '@saucery/client/live'
import { retryAfterMs } from '@saucery/client/retry'

/**
 * Calls `work` at once and then in this interval while the page is visible, never twice at a time. After a refusal
 * with `Retry-After` it waits for as long as that says.
 */
export function whileVisible(ms: number, stopped: AbortSignal, work: () => Promise<unknown>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  const run = async () => {
    clearTimeout(timer)
    if (busy || stopped.aborted || document.visibilityState !== 'visible') return
    busy = true
    const pauseMs = await work().then(
      () => ms,
      (error) => Math.max(ms, retryAfterMs(error)),
    )
    busy = false
    if (!stopped.aborted) timer = setTimeout(run, pauseMs)
  }
  document.addEventListener('visibilitychange', run, { signal: stopped })
  void run()
}

/**
 * Repeats a read that has just begun, while the page is visible and its live feed sends nothing: some proxies hold back
 * what it sends. (page-anywhere.sys.test: "shows a new order behind a proxy that holds back the feed")
 */
export function pollWithoutFeed(
  connection: ReadonlySignal<LiveConnection>,
  stopped: AbortSignal,
  read: () => Promise<unknown>,
): void {
  let isFirst = true
  whileVisible(3000, stopped, async () => {
    if (!isFirst && connection.value !== 'live') await read()
    isFirst = false
  })
}
