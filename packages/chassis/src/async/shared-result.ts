/**
 * Lets callers share one run: while it is under way, and for `keepMs` after its end. A failure is not kept.
 * @param keepMs of what the run found; by default nothing is kept
 */
export function sharedResult<T>(
  run: () => Promise<T>,
  keepMs: (result: T) => number = () => 0,
  now = () => performance.now(),
): () => Promise<T> {
  let latest: Promise<T> | undefined
  let keptUntil = 0
  return () => {
    if (latest && now() < keptUntil) return latest
    keptUntil = Number.POSITIVE_INFINITY
    latest = run()
    latest.then(
      (result) => {
        keptUntil = now() + keepMs(result)
      },
      () => {
        keptUntil = 0
      },
    )
    return latest
  }
}
