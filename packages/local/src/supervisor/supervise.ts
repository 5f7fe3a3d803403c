import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from '@saucery/servers/install/found'
import type { Exit } from '@saucery/servers/process/server'

/** One run of a program, from its start to its end. */
export interface Run {
  readonly pid: number | undefined
  /** Resolves when it is gone, whoever ended it. */
  readonly exited: Promise<Exit>
  /** What it said last that may explain its end. */
  lastError?(): string | undefined
  /** Asks it to end, and resolves when it has. */
  stop(): Promise<void>
  /** SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>
}

/** A program that is started again when it dies. */
export interface Supervised {
  /** Undefined while it does not run. */
  readonly pid: number | undefined
  /** Of the run that is on now, or was the last. */
  readonly exited: Promise<Exit>
  /** How often it was started again after it died. */
  readonly restarts: number
  /** Ends the run as a crash would; it is started again. */
  kill(): Promise<void>
  /** Ends it and leaves it so, until `start`. */
  stop(): Promise<void>
  start(): void
}

export interface Delays {
  readonly firstMs: number
  readonly longestMs: number
  /** After a run of this length, the next delay is the first again. */
  readonly steadyMs: number
}

const usual: Delays = { firstMs: 500, longestMs: 30_000, steadyMs: 60_000 }

/**
 * Starts the program and starts it again whenever it dies, after delays that double from one short run to the next;
 * each time says why it ended.
 */
export function supervise(
  name: string,
  begin: () => Promise<Run>,
  { print, delays = usual }: { print: Print; delays?: Delays },
): Supervised {
  let run: Run | undefined
  let exited: Promise<Exit> = new Promise(() => {})
  let restarts = 0
  let stopping = new AbortController()
  let kept = keep(stopping.signal)

  async function keep(stop: AbortSignal): Promise<void> {
    for (let delayMs = delays.firstMs; ; restarts += 1) {
      const began = Date.now()
      const why = await runOnce(stop)
      if (stop.aborted) return
      if (Date.now() - began >= delays.steadyMs) delayMs = delays.firstMs
      print(`${name} ${why}; starting it again in ${delayMs / 1000} s`)
      await sleep(delayMs, undefined, { signal: stop }).catch(() => {})
      if (stop.aborted) return
      delayMs = Math.min(delayMs * 2, delays.longestMs)
    }
  }

  async function runOnce(stop: AbortSignal): Promise<string> {
    try {
      run = await begin()
      exited = run.exited
      if (stop.aborted) await run.stop()
      return reason(await run.exited, run.lastError?.())
    } catch (error) {
      return `could not be started (${error instanceof Error ? error.message : error})`
    } finally {
      run = undefined
    }
  }

  return {
    get pid() {
      return run?.pid
    },
    get exited() {
      return exited
    },
    get restarts() {
      return restarts
    },
    async kill() {
      await run?.kill()
    },
    async stop() {
      stopping.abort()
      await run?.stop()
      await kept
    },
    start() {
      if (!stopping.signal.aborted) return
      const before = kept
      stopping = new AbortController()
      const { signal } = stopping
      kept = before.then(() => keep(signal))
    },
  }
}

function reason({ code, signal }: Exit, lastError: string | undefined): string {
  const how = signal
    ? `was ended by ${signal}`
    : code === null
      ? 'did not start'
      : `ended with exit code ${code}`
  return lastError ? `${how} (${lastError})` : how
}
