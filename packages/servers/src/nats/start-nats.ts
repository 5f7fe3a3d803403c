import { join } from 'node:path'
import type { StartOptions } from '../install/found.ts'
import { writePrivateFile } from '../install/secrets.ts'
import { readGreeting } from '../process/ports.ts'
import { externalServer, type Server, startServer } from '../process/server.ts'
import { type NatsUser, natsConfig } from './config.ts'
import { findNats } from './find-nats.ts'

/**
 * Finds NATS and starts it with JetStream and these users; without users everyone may do everything. A server that the
 * environment names is returned as it is.
 * @param lines further lines of its configuration
 */
export async function startNats({
  users = [],
  lines = [],
  ...options
}: StartOptions & { users?: readonly NatsUser[]; lines?: readonly string[] }): Promise<Server> {
  const found = await findNats(options)
  if (found.kind === 'environment') return externalServer(found.url, found.what, 4222)
  const config = join(options.dataDir, 'nats.conf')
  return startServer({
    ...options,
    what: found.what,
    url: (port) => `nats://127.0.0.1:${port}`,
    async command(port) {
      const storeDir = join(options.dataDir, 'jetstream')
      writePrivateFile(config, natsConfig({ port, storeDir, users, lines }))
      return { file: found.program.file, args: ['-c', config] }
    },
    async ready(port) {
      const text = await readGreeting(port, true)
      if (!text.startsWith('INFO ')) throw new Error(`port ${port} is answered by something that is not NATS`)
    },
    stopSignal: 'SIGTERM',
  })
}
