import { join } from 'node:path'
import { anyPorts } from '@saucery/local/system/service-ports'
import { type System, startSystem } from '@saucery/local/system/system'
import { type Client, httpClient } from './load/http.ts'

interface Options {
  readonly folder: string
  /** Settings on top of this process's environment. */
  readonly env: NodeJS.ProcessEnv
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Starts the system for the time that `use` takes; an interrupt ends it, whatever `use` does. */
export async function withSystem<T>(
  connections: number,
  { folder, env, say, signal }: Options,
  use: (system: System, client: Client) => Promise<T>,
): Promise<T> {
  // Not told of an interrupt: it would leave servers that are half started, in a folder that is being removed.
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
    return await Promise.race([use(system, client), interruption(signal)])
  } finally {
    client.close()
    // The data goes too: nothing is gained by a shutdown that saves it first.
    await system.kill()
  }
}

function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}
