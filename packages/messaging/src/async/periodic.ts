import type { Log } from '../log.ts'

export type PeriodicRun = ReturnType<typeof runEvery>

/**
 * Runs `run` every `everyMs`, never twice at once. Logs its errors and continues.
 * @param run ends early when its signal aborts: then `stop` waits for it
 * @param rest the pause after a run is this many times as long as the run was, if that is longer; ten times `everyMs` at
 *   most. So the slower a count is, the rarer it is.
 */
export function runEvery(
  what: string,
  everyMs: number,
  run: (stopping: AbortSignal) => Promise<unknown>,
  log: Log,
  rest = 0,
) {
  const stopping = new AbortController()
  let underWay: Promise<void> | undefined
  let timer = setTimeout(start, everyMs)

  function start(): void {
    if (stopping.signal.aborted || underWay) return
    clearTimeout(timer)
    const startedAt = performance.now()
    underWay = run(stopping.signal)
      .catch((error) => log.warn({ error }, `${what} failed`))
      .then(() => {
        underWay = undefined
        const took = performance.now() - startedAt
        timer = setTimeout(start, Math.max(everyMs - took, Math.min(rest * took, 10 * everyMs)))
        if (stopping.signal.aborted) clearTimeout(timer)
      })
  }

  return {
    /** Runs now, unless a run is under way. */
    now: start,
    /** Prevents further runs, and resolves when the run that is under way has ended. */
    async stop(): Promise<void> {
      clearTimeout(timer)
      stopping.abort()
      await underWay
    },
  }
}
