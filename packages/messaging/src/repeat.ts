import type { Log } from './log.ts'

export interface Repetition {
  /** Runs it now, unless it is running. */
  now(): void
  /** Resolves when the run that is under way has ended, and none follows. */
  stop(): Promise<void>
}

/** Runs `run` every `everyMs`, never twice at once; what it throws is logged, and it goes on. */
export function repeat(what: string, everyMs: number, run: () => Promise<unknown>, log: Log): Repetition {
  let underWay: Promise<void> | undefined
  function start(): void {
    underWay ??= run()
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
      await underWay
    },
  }
}
