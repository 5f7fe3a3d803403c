import { setTimeout as delay } from 'node:timers/promises'

/**
 * Resolves with what `check` returns as soon as it does not throw.
 *
 * Give `assert.ok` a message: without one it parses the test's file on each failure, which starves the test.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  withinMs = 30_000,
  pauseMs = 20,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;)
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(pauseMs)
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
