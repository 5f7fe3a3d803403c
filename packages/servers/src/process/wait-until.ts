import { setTimeout as sleep } from 'node:timers/promises'

interface WaitOptions {
  readonly everyMs?: number
  readonly withinMs?: number
  readonly signal?: AbortSignal | undefined
}

/** Polls until the condition holds; false when it does not within `withinMs`. Rejects when the signal is aborted. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { everyMs = 20, withinMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {},
): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await sleep(everyMs, undefined, { signal })
  }
  return true
}
