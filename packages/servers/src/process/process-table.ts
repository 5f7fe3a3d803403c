import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { run } from './run.ts'
import { waitUntil } from './wait-until.ts'

const STOP_WITHIN_MS = 15_000

/** The command line of a process; '' when it does not run, also when it has ended and its parent has not noticed. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
  const command = (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim()
  return command.includes('<defunct>') ? '' : command
}

/** Ends a process that is not our child: SIGKILL when the signal has not ended it within 15 s. */
export async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  const isGone = async () => (await commandOf(pid)) === ''
  sendSignal(pid, signal)
  if (await waitUntil(isGone, { withinMs: STOP_WITHIN_MS })) return
  sendSignal(pid, 'SIGKILL')
  await waitUntil(isGone)
}

/** Does nothing when the process is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The processes whose working directory is the folder, or is in it. That needs /proc; without it none is found. */
export async function processesIn(folder: string): Promise<{ pid: number; command: string }[]> {
  const path = await realpath(folder).catch(() => folder)
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 1)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      return `${workingDirectory}/`.startsWith(`${path}/`) ? [{ pid, command: await commandOf(pid) }] : []
    }),
  )
  return found.flat().filter(({ command }) => command !== '')
}
