import { setTimeout as delay } from 'node:timers/promises'

/** Resolves with what `check` returns as soon as it does not throw. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;)
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(20)
    }
}
