import { join } from 'node:path'
import type { StartOptions } from '../install/found.ts'
import { writePrivateFile } from '../install/secrets.ts'
import { makeFolder } from '../process/folders.ts'
import { freePort, readGreeting } from '../process/ports.ts'
import { externalServer, type Server, startServer } from '../process/server.ts'
import { type NatsCluster, type NatsUser, natsConfig } from './config.ts'
import { findNats } from './find-nats.ts'

/**
 * Finds NATS and starts it with JetStream and these users; without users everyone may do everything. A server that the
 * environment names is returned as it is.
 * @param lines further lines of its configuration
 */
export async function startNats({
  users = [],
  cluster,
  lines = [],
  ...options
}: StartOptions & {
  users?: readonly NatsUser[]
  cluster?: NatsCluster | undefined
  lines?: readonly string[]
}): Promise<Server> {
  const found = await findNats(options)
  if (found.kind === 'environment') return externalServer(found.url, found.what, 4222)
  const dataDir = await makeFolder(options.dataDir)
  const config = join(dataDir, 'nats.conf')
  const storeDir = join(dataDir, 'jetstream')
  let monitorPort = 0
  return startServer({
    ...options,
    dataDir,
    what: found.what,
    url: (port) => `nats://127.0.0.1:${port}`,
    async command(port) {
      monitorPort = await freePort()
      writePrivateFile(config, natsConfig({ port, monitorPort, storeDir, users, cluster, lines }))
      return { file: found.program.file, args: ['-c', config] }
    },
    async ready(port) {
      const text = await readGreeting(port, true)
      if (!text.startsWith('INFO ')) throw new Error(`port ${port} is answered by something that is not NATS`)
    },
    ailment: () => ailmentAt(monitorPort),
    stopSignal: 'SIGTERM',
  })
}

/** JetStream keeps the error of a write to a full disk, and stores nothing more until the server is restarted. */
async function ailmentAt(monitorPort: number): Promise<string | undefined> {
  const url = `http://127.0.0.1:${monitorPort}/healthz`
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  const { error } = (await answer.json()) as { error?: string }
  return answer.ok ? undefined : (error ?? `status ${answer.status}`)
}
