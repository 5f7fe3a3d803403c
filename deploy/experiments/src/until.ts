import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Looks every second until there is something to return.
 * @throws when that takes longer than `withinMs`
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs = 180_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await sleep(1000)) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`)
  }
}
