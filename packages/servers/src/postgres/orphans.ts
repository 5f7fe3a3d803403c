import { processesIn, sendSignal } from '../process/process-table.ts'

/**
 * Kills the backends that outlived their main process. A backend that computes does not notice that the main process
 * was killed, and keeps the shared memory: no start succeeds until it ends.
 * (start-postgres.int.test: "… although its orphans are busy")
 */
export async function endOrphans(data: string): Promise<void> {
  const processes = await processesIn(data)
  // While the main process runs, there are no orphans. It keeps its command line; backends rename themselves.
  if (processes.some(({ command }) => !command.startsWith('postgres: '))) return
  for (const { pid } of processes) sendSignal(pid, 'SIGKILL')
}
