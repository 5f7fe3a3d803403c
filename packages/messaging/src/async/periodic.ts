import type { Log } from '../log.ts'

export interface PeriodicRun {
  /** Runs it now, unless it is running. */
  now(): void
  /** Resolves when the run that is under way has ended, and none follows. */
  stop(): Promise<void>
}

/**
 * Runs `run` every `everyMs`, never twice at once; what it throws is logged, and it goes on.
 * @param run is told when it is waited for: then it should end before it is done
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
