import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Found, Print } from '../install/found.ts'
import { launch } from '../process/launch.ts'
import { greeting } from '../process/ports.ts'
import { externalServer, type Server } from '../process/server.ts'
import { type NatsUser, natsConfig } from './config.ts'
import type { NatsProgram } from './find-nats.ts'

type Options = { dataDir: string; port?: number; users?: readonly NatsUser[]; print?: Print }

/** Starts the chosen NATS with JetStream and these users; without users everyone may do everything. */
export async function startNats(found: Found<NatsProgram>, options: Options): Promise<Server> {
  if (found.kind === 'environment') return externalServer(found.url, found.what, 4222)
  const { dataDir, port, users = [], print = () => {} } = options
  const config = join(dataDir, 'nats.conf')
  return launch({
    what: found.what,
    dataDir,
    port,
    print,
    url: (at) => `nats://127.0.0.1:${at}`,
    async command(at) {
      const text = natsConfig({ port: at, storeDir: join(dataDir, 'jetstream'), users })
      await writeFile(`${config}.new`, text, { mode: 0o600 })
      await rename(`${config}.new`, config)
      return { file: found.program.file, args: ['-c', config] }
    },
    async ready(at) {
      const text = await greeting(at, true)
      if (!text.startsWith('INFO ')) throw new Error(`port ${at} is answered by something that is not NATS`)
    },
    stopSignal: 'SIGTERM',
  })
}
