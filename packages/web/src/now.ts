import { signal } from '@preact/signals'

/** The time, a second old at most while somebody looks. */
export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1000)

/** Calls at once and then in this interval while somebody looks, never twice at a time. @returns what stops it */
export function whileVisible(ms: number, work: (signal: AbortSignal) => Promise<unknown>): () => void {
  const stopped = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  const run = async () => {
    clearTimeout(timer)
    if (busy || stopped.signal.aborted || document.visibilityState !== 'visible') return
    busy = true
    await work(stopped.signal).catch(() => {})
    busy = false
    if (!stopped.signal.aborted) timer = setTimeout(run, ms)
  }
  document.addEventListener('visibilitychange', run, { signal: stopped.signal })
  void run()
  return () => {
    stopped.abort()
    clearTimeout(timer)
  }
}
