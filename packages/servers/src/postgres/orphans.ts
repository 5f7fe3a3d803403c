import { readdir, readlink } from 'node:fs/promises'
import { commandOf } from '../process/pid-file.ts'

/**
 * A backend that computes does not notice that the main process was killed, and holds the shared memory for as long
 * as it computes: no start succeeds before it ends. (start-postgres.int.test: "… although its orphans are busy")
 */
export async function endOrphans(data: string): Promise<void> {
  const found = await processesIn(data)
  // The main process goes by its command line; while it lives, nobody is an orphan.
  if (found.some(({ command }) => !command.startsWith('postgres: '))) return
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Known by their working directory, where there is a /proc; elsewhere none is found. */
async function processesIn(folder: string): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 1)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const at = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      return at === folder ? [{ pid, command: await commandOf(pid) }] : []
    }),
  )
  return found.flat().filter(({ command }) => command !== '')
}
