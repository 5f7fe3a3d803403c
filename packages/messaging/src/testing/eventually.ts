import { setTimeout as delay } from 'node:timers/promises'

/** Between two checks passes at most so much of the time that has passed, so that what takes long is not asked often. */
const share = 0.1
const longestPauseMs = 250

/**
 * Resolves with what `check` returns as soon as it does not throw.
 *
 * Give `assert.ok` a message: without one it parses the test's file on each failure, which starves the test.
 * @param pauseMs between two checks, at first
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  withinMs = 30_000,
  pauseMs = 20,
): Promise<T> {
  const since = performance.now()
  for (;;)
    try {
      return await check()
    } catch (error) {
      const passed = performance.now() - since
      if (passed > withinMs) throw error
      await delay(Math.max(pauseMs, Math.min(passed * share, longestPauseMs)))
    }
}

/** Work that is blocked until the test releases it, or ends. */
export function blockedWork() {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return { released, release, [Symbol.dispose]: release }
}
