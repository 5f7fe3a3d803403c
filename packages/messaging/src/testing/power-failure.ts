import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startNats } from '@saucery/servers/nats/start-nats'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'

/** What a power failure resets to the snapshot: everything, or the messages of a stream but not its consumers. */
export type Loss = 'everything' | { readonly messagesOf: string }

/** A NATS server that can lose its last writes. */
export async function natsWithPowerFailures() {
  const folder = await tempFolder()
  const dataDir = join(folder, 'nats')
  const [data, copy] = [join(dataDir, 'jetstream'), join(folder, 'copy')]
  const server = await startNats({ dataDir })
  return {
    url: server.url,
    /** A power failure loses everything that is written after this. */
    async takeSnapshot(): Promise<void> {
      // Stopped, so that everything is on disk.
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
