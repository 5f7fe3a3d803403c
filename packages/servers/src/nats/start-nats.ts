import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Found } from '../install/found.ts'
import { greeting } from '../process/ports.ts'
import { externalServer, type Server, type StartOptions, startServer } from '../process/server.ts'
import { type NatsUser, natsConfig } from './config.ts'
import type { NatsProgram } from './find-nats.ts'

/** Starts NATS with JetStream and these users, unless the environment names a server. No users: no restrictions. */
export async function startNats(
  found: Found<NatsProgram>,
  { users = [], ...options }: StartOptions & { users?: readonly NatsUser[] },
): Promise<Server> {
  if (found.kind === 'environment') return externalServer(found.url, found.what, 4222)
  const { what, program } = found
  const config = join(options.dataDir, 'nats.conf')
  return startServer({
    ...options,
    what,
    url: (port) => `nats://127.0.0.1:${port}`,
    async command(port) {
      const text = natsConfig({ port, storeDir: join(options.dataDir, 'jetstream'), users })
      await writeFile(`${config}.new`, text, { mode: 0o600 })
      await rename(`${config}.new`, config)
      return { file: program.file, args: ['-c', config] }
    },
    async ready(port) {
      const text = await greeting(port, true)
      if (!text.startsWith('INFO ')) throw new Error(`port ${port} is answered by something that is not NATS`)
    },
    stopSignal: 'SIGTERM',
  })
}
