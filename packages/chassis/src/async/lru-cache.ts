export interface Recent<T> {
  get(key: string, now?: number): T | undefined
  /** @param until when it stops being true, in ms since the epoch */
  set(key: string, value: T, until: number): void
}

/** Remembers at most `max` findings, each until its time; the one unused for the longest makes room. */
export function recent<T>(max: number): Recent<T> {
  const kept = new Map<string, { value: T; until: number }>()
  return {
    get(key, now = Date.now()) {
      const found = kept.get(key)
      if (!found) return undefined
      // A map keeps the order of insertion: the last one used is the last one in it.
      kept.delete(key)
      if (found.until <= now) return undefined
      kept.set(key, found)
      return found.value
    },
    set(key, value, until) {
      kept.delete(key)
      kept.set(key, { value, until })
      for (const oldest of kept.keys()) {
        if (kept.size <= max) break
        kept.delete(oldest)
      }
    },
  }
}
