import { join } from 'node:path'
import { openAgentFetch } from '@saucery/client/agent-fetch'
import { openClient } from '@saucery/client/client'
import { anyPorts } from '@saucery/local/system/service-ports'
import { type System, startSystem } from '@saucery/local/system/system'
import type { BenchClients } from '../load/load.ts'
import { rejectOnAbort } from '../load/poll.ts'
import { type BenchContext, inTempFolder } from './run-bench.ts'

export interface Running extends BenchContext, BenchClients {
  readonly system: System
  readonly folder: string
}

/**
 * Starts the whole system in a temporary folder while `use` runs, with `env` on top of this process's environment.
 * An interrupt ends it, whatever `use` does; the folder is removed with it.
 */
export function withSystem<T>(
  context: BenchContext,
  { connections, env }: { connections: number; env: NodeJS.ProcessEnv },
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const { say, signal } = context
  return inTempFolder(async (folder) => {
    // Without the signal: an interrupted start would leave half-started servers in a folder that is being removed.
    const system = await startSystem({
      dataDir: join(folder, 'data'),
      ports: anyPorts,
      env: { ...process.env, LOG_LEVEL: 'warn', ...env },
      print: say,
      onLine: (service, line) => say(`${service}: ${line}`),
    })
    // Closes an idle connection before the gateway does.
    const { fetch, close } = openAgentFetch({ maxSockets: connections, timeout: 3000 })
    const clientOf = (url: string) =>
      openClient({ url, fetch, timeoutMs: Number.POSITIVE_INFINITY, retry: {} })
    const clients = { orders: clientOf(system.urls.gateway), views: clientOf(system.urls.dashboard) }
    try {
      signal.throwIfAborted()
      return await Promise.race([use({ ...context, ...clients, system, folder }), rejectOnAbort(signal)])
    } finally {
      close()
      // The data is removed too, so nothing is gained by a shutdown that saves it first.
      await system.kill()
    }
  })
}

/** The services and stores. */
export const processesOf = ({ services, servers }: System) => ({ ...services, ...servers })
