import { setTimeout as delay } from 'node:timers/promises'

interface Polling {
  readonly everyMs?: number
  readonly withinMs?: number
  /** Aborted, the wait rejects. */
  readonly signal?: AbortSignal
}

type Check<T> = () => Promise<T | undefined | false>

/** Checks until there is a result other than `undefined` and `false`. Returns undefined after `withinMs`. */
export async function poll<T>(check: Check<T>, polling: Polling = {}): Promise<T | undefined> {
  const { everyMs = 1000, withinMs = 180_000, ...options } = polling
  for (const deadline = performance.now() + withinMs; ; await delay(everyMs, undefined, options)) {
    const found = await check()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) return undefined
  }
}

/** As `poll`, but throws after `withinMs`; `what` names in the error what did not come. */
export async function waitFor<T>(what: string, check: Check<T>, polling: Polling = {}): Promise<T> {
  const found = await poll(check, polling)
  if (found === undefined) throw new Error(`${what} did not come within ${polling.withinMs ?? 180_000} ms`)
  return found
}

/** Rejects when the signal is aborted. */
export function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}
