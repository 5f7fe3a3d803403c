import type { Caller } from '@saucery/contracts/access/scope'
import { LRUCache } from 'lru-cache'

/** Tokens expire by the wall clock, so the caches do too. */
export const wallClock = { perf: { now: () => Date.now() }, ttlResolution: 0 } as const

/**
 * The callers of verified tokens, by the whole token, each until a time of its own; the least recently used one makes
 * room. Only valid tokens belong in it: then invalid ones push nothing out.
 */
export function openTokenCache(max = 10_000) {
  const callers = new LRUCache<string, Caller>({ max, ...wallClock })
  return {
    get: (token: string): Caller | undefined => callers.get(token),
    /** @param until in ms since the epoch */
    set(token: string, caller: Caller, until: number): void {
      // lru-cache counts the last millisecond in, and takes a TTL of 0 for no limit.
      const ttl = until - Date.now() - 1
      if (ttl > 0) callers.set(token, caller, { ttl })
    },
  }
}
