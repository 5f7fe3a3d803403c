import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, describeExit, type Print } from './child.ts'
import { endWhenUnhealthy } from './health.ts'
import type { Server } from './server.ts'

/** A program that is started again when it dies. */
export interface Supervised {
  /** Undefined while it does not run. */
  readonly pid: number | undefined
  /** How often it was started again after it died. */
  readonly restarts: number
  /** SIGKILL, as in a crash; the program is started again. */
  kill(): Promise<void>
  /** Stops it until `start` is called. */
  stop(): Promise<void>
  start(): void
}

/** After a run of `steadyMs`, the next delay is the first again. */
const usualDelays = { firstMs: 500, longestMs: 30_000, steadyMs: 60_000 }

interface SuperviseOptions {
  readonly print: Print
  /** How often a server is asked how it is. */
  readonly askEveryMs?: number
  readonly delays?: typeof usualDelays
}

/** Starts a program, and again whenever it dies: after delays that double, each announced with the reason of its end. */
export function supervise(
  name: string,
  start: () => Promise<Child>,
  { print, delays = usualDelays }: SuperviseOptions,
): Supervised {
  let child: Child | undefined
  let restarts = 0
  let stopping = new AbortController()
  let stopped = keepRunning(stopping.signal)

  async function keepRunning(signal: AbortSignal): Promise<void> {
    for (let delayMs = delays.firstMs; ; restarts += 1) {
      const startedAt = performance.now()
      const end = await runOnce(signal)
      if (signal.aborted) return
      if (performance.now() - startedAt >= delays.steadyMs) delayMs = delays.firstMs
      print(`${name} ${end}; starting it again in ${delayMs / 1000} s`)
      await sleep(delayMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      delayMs = Math.min(delayMs * 2, delays.longestMs)
    }
  }

  async function runOnce(signal: AbortSignal): Promise<string> {
    try {
      child = await start()
      if (signal.aborted) await child.stop()
      return describeExit(await child.exited, child.lastError)
    } catch (error) {
      return `could not be started (${error instanceof Error ? error.message : error})`
    } finally {
      child = undefined
    }
  }

  return {
    get pid() {
      return child?.pid
    },
    get restarts() {
      return restarts
    },
    async kill() {
      await child?.kill()
    },
    async stop() {
      stopping.abort()
      await child?.stop()
      await stopped
    },
    start() {
      if (!stopping.signal.aborted) return
      stopping = new AbortController()
      const { signal } = stopping
      stopped = stopped.then(() => keepRunning(signal))
    },
  }
}

/** A store or the broker. `kill` rejects for a server that was not started here; its `stop` and `start` do nothing. */
export type SupervisedServer = Supervised & Pick<Server, 'what' | 'url' | 'port'>

/** Starts a server again when it dies or stays unhealthy, on its port and data. A server that was not started here is left alone. */
export function superviseServer(server: Server, options: SuperviseOptions): SupervisedServer {
  const { what, url, port, kill, stop } = server
  if (!server.isOurs) return { what, url, port, pid: undefined, restarts: 0, kill, stop, start: () => {} }
  let starts = 0
  const start = async () => {
    if (starts++ > 0) await server.restart()
    void endWhenUnhealthy(server, options)
    return server
  }
  // Not spread: that would read `pid` and `restarts` only once.
  return Object.assign(supervise(what, start, options), { what, url, port })
}
