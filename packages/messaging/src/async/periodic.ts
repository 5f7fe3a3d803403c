import type { Log } from '../log.ts'

export interface PeriodicRun {
  /** Runs now, unless a run is under way. */
  now(): void
  /** Prevents further runs, and resolves when the run that is under way has ended. */
  stop(): Promise<void>
}

/**
 * Runs `run` every `everyMs`, never twice at once. Logs its errors and continues.
 * @param run ends early when its signal aborts: then `stop` waits for it
 */
export function runEvery(
  what: string,
  everyMs: number,
  run: (stopping: AbortSignal) => Promise<unknown>,
  log: Log,
): PeriodicRun {
  const stopping = new AbortController()
  let underWay: Promise<void> | undefined
  function start(): void {
    if (stopping.signal.aborted) return
    underWay ??= run(stopping.signal)
      .catch((error) => log.warn({ error }, `${what} failed`))
      .then(() => {
        underWay = undefined
      })
  }
  const timer = setInterval(start, everyMs)
  return {
    now: start,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await underWay
    },
  }
}
