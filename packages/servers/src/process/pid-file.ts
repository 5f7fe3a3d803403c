import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from '../install/found.ts'
import { run } from './run.ts'

const STOP_WITHIN_MS = 15_000

type Remembered = { pid: number; parent: number; parentCommand: string }

/** Remembers which process serves a data folder, for the start after one that did not end well. */
export async function rememberProcess(dataDir: string, pid: number): Promise<void> {
  const parentCommand = await commandOf(process.pid)
  const remembered: Remembered = { pid, parent: process.pid, parentCommand }
  await writeFile(stateFile(dataDir), JSON.stringify(remembered))
}

export async function forgetProcess(dataDir: string): Promise<void> {
  await rm(stateFile(dataDir), { force: true })
}

/** The process that was started to serve a data folder; 0 when there is none. */
export async function rememberedPid(dataDir: string): Promise<number> {
  return parse(await readFile(stateFile(dataDir), 'utf8').catch(() => '')).pid
}

/** Stops the server that a killed parent left running on this data folder; refuses when the parent still lives. */
export async function stopLeftover(
  dataDir: string,
  signal: NodeJS.Signals,
  name: string,
  print: Print,
): Promise<void> {
  const text = await readFile(stateFile(dataDir), 'utf8').catch(() => '')
  const { pid, parent, parentCommand } = parse(text)
  // The number may belong to somebody else by now: only a process that was started for this folder is ours.
  if (pid > 1 && (await commandOf(pid)).includes(dataDir)) {
    if ((await commandOf(parent)) === parentCommand) {
      throw new Error(
        `${name} already runs on ${dataDir}, started by process ${parent}. Stop that one first.`,
      )
    }
    print(`Stopping ${name} (process ${pid}), left over from an earlier start`)
    await endProcess(pid, signal, STOP_WITHIN_MS)
  }
  await forgetProcess(dataDir)
}

/** A file that a crash left half written is no reason not to start. */
function parse(text: string): Remembered {
  try {
    return JSON.parse(text)
  } catch {
    return { pid: 0, parent: 0, parentCommand: '' }
  }
}

/** What a process was started as; '' when there is none. */
export async function commandOf(pid: number): Promise<string> {
  const file = `/proc/${pid}/cmdline`
  if (existsSync(file)) return readFileSync(file, 'utf8').replaceAll('\0', ' ')
  return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim()
}

/** For a process that is not our child: asks it to end, kills it when it has not, and waits until it is gone. */
async function endProcess(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  send(pid, signal)
  while (await runs(pid)) {
    if (Date.now() > deadline) send(pid, 'SIGKILL')
    await sleep(20)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A zombie, which nobody has waited for, no longer runs: its command line is empty (Linux) or `<defunct>`. */
async function runs(pid: number): Promise<boolean> {
  const command = await commandOf(pid)
  return command !== '' && !command.includes('<defunct>')
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'server.json')
}
