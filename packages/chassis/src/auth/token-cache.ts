import type { Caller } from '@saucery/contracts/access/scope'
import { LRUCache } from 'lru-cache'

/**
 * What was found out about tokens, by the whole token, each until a time of its own; the least recently used one makes
 * room. Only valid tokens belong in it: then invalid ones push nothing out.
 *
 * An entry ends by the wall clock, as tokens do, and also when as much time has passed: when the clock is set back, no
 * withdrawn key is believed for longer. (token-cache.test: "keeps an entry no longer when the clock is set back")
 */
export function openTokenCache<T extends NonNullable<unknown> = Caller>(
  max = 10_000,
  now = () => performance.now(),
) {
  const entries = new LRUCache<string, { readonly value: T; readonly until: number }>({
    max,
    perf: { now },
    ttlResolution: 0,
  })
  return {
    get(token: string): T | undefined {
      const entry = entries.get(token)
      if (!entry || entry.until > Date.now()) return entry?.value
      entries.delete(token)
      return undefined
    },
    /** @param until in ms since the epoch */
    set(token: string, value: T, until: number): void {
      const ttl = until - Date.now()
      // lru-cache takes a TTL of 0 for no limit.
      if (ttl > 0) entries.set(token, { value, until }, { ttl })
    },
  }
}
