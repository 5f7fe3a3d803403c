import { setTimeout as delay } from 'node:timers/promises'

/**
 * Resolves with what `check` returns as soon as it does not throw.
 *
 * Not with `assert.ok` without a message: to make one it parses its own file, which takes the time that is waited for.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  withinMs = 30_000,
  pauseMs = 20,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;)
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(pauseMs)
    }
}
