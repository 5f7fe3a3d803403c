import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { startNats } from '../nats/start-nats.ts'
import { freePort } from '../process/ports.ts'
import type { Server } from '../process/server.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

export interface TestCluster extends AsyncDisposable {
  /** Of all its servers, separated by commas. */
  readonly url: string
  /** Each with the folder of its data. */
  readonly servers: readonly (Server & { readonly dataDir: string })[]
}

/** NATS servers of the test's own that share their streams; one server is a cluster without routes. */
export async function testNatsCluster({
  size = 3,
  version,
}: {
  size?: 1 | 3
  version?: string | undefined
} = {}): Promise<TestCluster> {
  const folder = await tempFolder()
  const env = version === undefined ? process.env : { ...process.env, NATS_SERVER_VERSION: version }
  const ports = await Promise.all(Array.from({ length: size }, freePort))
  const password = randomBytes(16).toString('hex')
  const start = async (port: number, i: number) => {
    const dataDir = join(folder, `nats-${i}`)
    const cluster = size === 1 ? undefined : { serverName: `local-${i}`, port, ports, password }
    return Object.assign(await startNats({ dataDir, cluster, env }), { dataDir })
  }
  const started = await Promise.allSettled(ports.map(start))
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const end = async () => {
    await Promise.all(servers.map((server) => server.kill()))
    await removeTempFolder(folder)
  }
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) {
    await end()
    throw failed.reason
  }
  return { url: servers.map(({ url }) => url).join(','), servers, [Symbol.asyncDispose]: end }
}
