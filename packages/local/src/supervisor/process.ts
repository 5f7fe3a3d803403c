import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Exit } from '@saucery/servers/process/server'
import { errorIn } from './error-line.ts'
import type { Run } from './supervise.ts'

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Time from SIGTERM to SIGKILL. */
  readonly stopWithinMs: number
  readonly onLine: (line: string) => void
}

/** An older error is not what ended it. */
const RECENT_MS = 5_000

/**
 * Starts a program in a process group of its own, so that the terminal's Ctrl-C does not reach it. Its standard
 * input is a pipe that nothing is written to: it closes when this process ends, however it ends.
 */
export function startProcess({ file, args, cwd, env, stopWithinMs, onLine }: Program): Run {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' })
  // A child that dies while it starts has closed its end of the pipe.
  child.stdin.on('error', () => {})
  let last: { error: string; at: number } | undefined
  const hear = (stream: Readable) =>
    createInterface({ input: stream }).on('line', (line) => {
      const error = errorIn(line, stream === child.stderr)
      if (error !== undefined) last = { error, at: Date.now() }
      onLine(line)
    })
  hear(child.stdout)
  hear(child.stderr)
  child.once('error', (error) => {
    last = { error: error.message, at: Date.now() }
  })
  const exited = exitOf(child)

  return {
    get pid() {
      return child.pid
    },
    exited,
    lastError: () => (last && Date.now() - last.at < RECENT_MS ? last.error : undefined),
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => killGroup(child), stopWithinMs)
      await exited
      clearTimeout(timer)
    },
    async kill() {
      killGroup(child)
      await exited
    },
  }
}

/** Resolves when all that it wrote has been read. Its own children, which may hold its output open, end with it. */
function exitOf(child: ChildProcess): Promise<Exit> {
  child.once('exit', () => killGroup(child))
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('close', (code, signal) => resolve({ code, signal }))
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
