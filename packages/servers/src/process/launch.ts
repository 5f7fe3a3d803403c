import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from '../install/found.ts'
import { endedBefore, endWithUs } from './last-resort.ts'
import { forgetProcess, rememberProcess, stopLeftover } from './pid-file.ts'
import { freePort, isFree } from './ports.ts'
import type { Exit, Server } from './server.ts'

export type Plan = {
  /** Name and version, for messages. */
  what: string
  /** Absolute, and on the command line: that is how a leftover is recognised. */
  dataDir: string
  port: number | undefined
  print: Print
  url(port: number): string
  /** Runs before every start; the command may depend on what it wrote. */
  command(port: number): Promise<Command>
  /** Rejects until the server really answers. */
  ready(port: number): Promise<unknown>
  stopSignal: NodeJS.Signals
  /** Ends the processes that outlived their killed parent. */
  endOrphans?(): Promise<void>
  /** What a log says when the same start may succeed a moment later. */
  passing?: RegExp
}

type Command = { file: string; args: string[]; env?: NodeJS.ProcessEnv; uid?: number; gid?: number }
type Running = { child: ChildProcess; exited: Promise<Exit>; gone: boolean }

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 15_000
const POLL_MS = 20

/** Starts a server and waits until it answers. The server outlives a Ctrl-C in the terminal: it is stopped here. */
export async function launch(plan: Plan): Promise<Server> {
  await mkdir(plan.dataDir, { recursive: true })
  await stopLeftover(plan.dataDir, plan.stopSignal, plan.what, plan.print)
  const { port, running: first } = plan.port ? await startOn(plan, plan.port) : await startAnywhere(plan)
  let running = first

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!running.gone) running.child.kill(signal)
    const timer = setTimeout(() => running.child.kill('SIGKILL'), STOP_WITHIN_MS)
    await running.exited
    clearTimeout(timer)
    await plan.endOrphans?.()
    await forgetProcess(plan.dataDir)
  }

  return {
    what: plan.what,
    url: plan.url(port),
    port,
    log: logOf(plan),
    get pid() {
      return running.gone ? undefined : running.child.pid
    },
    get exited() {
      return running.exited
    },
    stop: () => end(plan.stopSignal),
    kill: () => end('SIGKILL'),
    async restart() {
      await end(plan.stopSignal)
      running = (await startOn(plan, port)).running
    },
  }
}

/** Between finding a free port and using it, another program may take it. */
async function startAnywhere(plan: Plan, triesLeft = 3): Promise<{ port: number; running: Running }> {
  const port = await freePort()
  try {
    return await startOn(plan, port)
  } catch (error) {
    if (triesLeft <= 1 || (await isFree(port))) throw error
    return startAnywhere(plan, triesLeft - 1)
  }
}

async function startOn(plan: Plan, port: number): Promise<{ port: number; running: Running }> {
  if (!(await isFree(port))) {
    throw new Error(
      `${plan.what} cannot start: port ${port} is taken by another program. Stop it, or choose another port.`,
    )
  }
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    await plan.endOrphans?.()
    const from = await stat(logOf(plan)).then(
      (s) => s.size,
      () => 0,
    )
    const running = spawnServer(plan, await plan.command(port))
    if (running.child.pid !== undefined) await rememberProcess(plan.dataDir, running.child.pid)
    const failure = await untilReady(plan, port, running, deadline)
    if (failure === undefined) return { port, running }
    const log = await logSince(plan, from)
    if (!plan.passing?.test(log) || Date.now() > deadline) {
      throw new Error(`${plan.what} did not start: ${failure}. ${logOf(plan)} ends with:\n${lastLines(log)}`)
    }
    await sleep(100)
  }
}

function spawnServer(plan: Plan, { file, args, env, uid, gid }: Command): Running {
  const log = openSync(logOf(plan), 'a')
  // Detached, so that the terminal's Ctrl-C reaches the services first and the servers never.
  const child = spawn(file, args, {
    env,
    uid,
    gid,
    cwd: plan.dataDir,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) endWithUs(pid, plan.stopSignal)
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const running = { child, exited, gone: false }
  void exited.then(() => {
    running.gone = true
    if (pid !== undefined) endedBefore(pid)
  })
  return running
}

/** Resolves with the reason when the server will not answer any more. */
async function untilReady(
  plan: Plan,
  port: number,
  running: Running,
  deadline: number,
): Promise<string | undefined> {
  for (;;) {
    try {
      await plan.ready(port)
      if (!running.gone) return undefined
    } catch (error) {
      if (!running.gone && Date.now() > deadline) {
        running.child.kill('SIGKILL')
        await running.exited
        return `it gave no answer within ${READY_WITHIN_MS / 1000} s (${error instanceof Error ? error.message : error})`
      }
    }
    if (running.gone) {
      const { code, signal } = await running.exited
      return `it ended with ${signal ?? `code ${code}`}`
    }
    await sleep(POLL_MS)
  }
}

function logOf(plan: Plan): string {
  return join(plan.dataDir, 'server.log')
}

async function logSince(plan: Plan, from: number): Promise<string> {
  await using file = await open(logOf(plan))
  const { buffer, bytesRead } = await file.read({
    position: from,
    length: 64 * 1024,
    buffer: Buffer.alloc(64 * 1024),
  })
  return buffer.toString('utf8', 0, bytesRead)
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-15).join('\n')
}
