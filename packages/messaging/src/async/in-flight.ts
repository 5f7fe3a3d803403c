/** Tracks promises until they settle, so that a stop can wait for them. */
export function trackInFlight() {
  const pending = new Set<Promise<unknown>>()
  return {
    track<T>(promise: Promise<T>): Promise<T> {
      const leave = () => pending.delete(settled)
      const settled: Promise<unknown> = promise.then(leave, leave)
      pending.add(settled)
      return promise
    },
    /** Resolves when everything that is in flight now has settled. */
    settled: (): Promise<unknown> => Promise.all(pending),
    /** Resolves when nothing is in flight. */
    async idle(): Promise<void> {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
