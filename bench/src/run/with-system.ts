import { join } from 'node:path'
import { anyPorts } from '@saucery/local/system/service-ports'
import { type System, startSystem } from '@saucery/local/system/system'
import { httpClient, type LoadClient } from '../load/http.ts'
import { rejectOnAbort } from '../load/poll.ts'
import { type BenchContext, inTempFolder } from './run-bench.ts'

/**
 * Starts the whole system in a temporary folder while `use` runs, with `env` on top of this process's environment.
 * An interrupt ends it, whatever `use` does; the folder is removed with it.
 */
export function withSystem<T>(
  { say, signal }: BenchContext,
  { connections, env }: { connections: number; env: NodeJS.ProcessEnv },
  use: (running: { system: System; client: LoadClient; folder: string }) => Promise<T>,
): Promise<T> {
  return inTempFolder(async (folder) => {
    // Without the signal: an interrupted start would leave half-started servers in a folder that is being removed.
    const system = await startSystem({
      dataDir: join(folder, 'data'),
      ports: anyPorts,
      env: { ...process.env, LOG_LEVEL: 'warn', ...env },
      print: say,
      onLine: (service, line) => say(`${service}: ${line}`),
    })
    const client = httpClient(system.urls, connections)
    try {
      signal.throwIfAborted()
      return await Promise.race([use({ system, client, folder }), rejectOnAbort(signal)])
    } finally {
      client.close()
      // The data is removed too, so nothing is gained by a shutdown that saves it first.
      await system.kill()
    }
  })
}
