import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { onExit } from 'signal-exit'
import { errorIn } from './error-line.ts'

/** Prints a line of progress: a download, a restart, the stop of a server that an earlier start left running. */
export type Print = (line: string) => void

export interface ChildOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly uid?: number
  readonly gid?: number
  readonly cwd: string
  /** A file that the child appends to, or a function that is called with each line. */
  readonly output: string | ((line: string) => void)
  readonly stopSignal?: NodeJS.Signals
  /** Time from the stop signal to SIGKILL. */
  readonly stopWithinMs: number
}

/** Both are null when the program could not be started. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export interface Child {
  /** Undefined when it does not run. */
  readonly pid: number | undefined
  /** Resolves when the process is gone and its output was read. */
  readonly exited: Promise<Exit>
  /** An error that it printed in the last 5 s: an older one does not explain its end. */
  readonly lastError?: string | undefined
  /** Sends the stop signal, then SIGKILL, and waits until the process is gone. */
  stop(): Promise<void>
  /** SIGKILL, as in a crash; waits until the process is gone. */
  kill(): Promise<void>
}

const EXPLAINS_MS = 5_000

/**
 * Starts a program in a process group of its own, so that Ctrl-C in the terminal does not reach it.
 *
 * A child whose lines are read gets a pipe as standard input. The pipe closes when this process ends, also after
 * kill -9, and the child can end itself then. A child that writes to a file survives kill -9 of this process, and is
 * stopped when this process ends in any other way.
 */
export function startChild(options: ChildOptions): Child {
  const { file, args, output, stopSignal = 'SIGTERM', stopWithinMs, ...others } = options
  const log = typeof output === 'string' ? openSync(output, 'a') : undefined
  const stdio = log === undefined ? ('pipe' as const) : ['ignore' as const, log, log]
  const child = spawn(file, args, { ...others, detached: true, stdio })
  if (log !== undefined) closeSync(log)

  let last = { error: '', at: Number.NEGATIVE_INFINITY }
  const onError = (error: string) => {
    last = { error, at: performance.now() }
  }
  child.once('error', (error) => onError(error.message))
  if (typeof output === 'function') readLines(child, output, onError)

  // The child's own children may hold its output open, so they end with it.
  child.once('exit', () => killGroup(child))
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  if (log !== undefined) void exited.then(onExit(() => void child.kill(stopSignal)))
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    get pid() {
      return isRunning() ? child.pid : undefined
    },
    exited,
    get lastError() {
      return performance.now() - last.at < EXPLAINS_MS ? last.error : undefined
    },
    async stop() {
      if (isRunning()) child.kill(stopSignal)
      const timer = setTimeout(() => killGroup(child), stopWithinMs)
      await exited
      clearTimeout(timer)
    },
    async kill() {
      if (isRunning()) killGroup(child)
      await exited
    },
  }
}

/** For messages: "was ended by SIGKILL", "ended with exit code 1 (Error: no luck)". */
export function describeExit({ code, signal }: Exit, lastError: string | undefined): string {
  const ended = code === null ? 'did not start' : `ended with exit code ${code}`
  return `${signal ? `was ended by ${signal}` : ended}${lastError ? ` (${lastError})` : ''}`
}

function readLines(
  child: ChildProcess,
  onLine: (line: string) => void,
  onError: (error: string) => void,
): void {
  // A child that dies while it starts has closed its end of the pipe.
  child.stdin?.on('error', () => {})
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        const error = errorIn(line, stream === child.stderr)
        if (error !== undefined) onError(error)
        onLine(line)
      })
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
