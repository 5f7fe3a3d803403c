import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startNats } from '@saucery/servers/nats/start-nats'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'

/** What a power failure sets back: all that the broker has, or a stream's messages and not what was read of them. */
export type Loss = 'everything' | { readonly messagesOf: string }

/** A broker that can lose its last writes. */
export async function forgetfulNats() {
  const folder = await tempFolder()
  const dataDir = join(folder, 'nats')
  const [data, copy] = [join(dataDir, 'jetstream'), join(folder, 'copy')]
  const server = await startNats({ dataDir })
  return {
    url: server.url,
    /** From here on, it writes nothing that lasts. */
    async remember(): Promise<void> {
      // Stopped, so that all is on disk.
      await server.stop()
      await cp(data, copy, { recursive: true })
      await server.restart()
    },
    async losePower(loss: Loss): Promise<void> {
      await server.kill()
      const part = loss === 'everything' ? '' : join('jetstream', '$G', 'streams', loss.messagesOf, 'msgs')
      await rm(join(data, part), { recursive: true })
      await cp(join(copy, part), join(data, part), { recursive: true })
      await server.restart()
    },
    async [Symbol.asyncDispose]() {
      await server.kill()
      await removeTempFolder(folder)
    },
  }
}
