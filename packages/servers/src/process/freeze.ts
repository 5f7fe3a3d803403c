import { spawn } from 'node:child_process'
import { sendSignal } from './process-table.ts'
import { run } from './run.ts'

/**
 * Stops a process and its children where they are, as a machine that hangs: their connections stay open, and nothing
 * answers. A program of its own lets them go on after this time, also when this process is killed meanwhile.
 * (freeze.int.test: "thaws by itself, also when the process that froze it is gone")
 * @returns thaws them earlier
 */
export async function freeze(pid: number, forMs: number): Promise<() => void> {
  // First the one that would start others.
  sendSignal(pid, 'SIGSTOP')
  const pids = [pid, ...(await descendantsOf(pid))]
  for (const one of pids) sendSignal(one, 'SIGSTOP')
  const later = `sleep ${Math.max(1, Math.ceil(forMs / 1000))}; kill -CONT ${pids.join(' ')}`
  const thawing = spawn('sh', ['-c', later], { detached: true, stdio: 'ignore' })
  thawing.once('error', () => thaw())
  thawing.unref()
  function thaw(): void {
    for (const one of pids) sendSignal(one, 'SIGCONT')
    if (thawing.pid !== undefined && thawing.exitCode === null) sendSignal(-thawing.pid, 'SIGKILL')
  }
  return thaw
}

async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const found = new Set([pid])
  // A child may stand before its parent.
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const [child = 0, parent = 0] of rows) if (found.has(parent)) found.add(child)
  }
  found.delete(pid)
  return [...found]
}
