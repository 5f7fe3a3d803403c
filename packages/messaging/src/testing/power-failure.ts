import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestCluster, testNatsCluster } from '@saucery/servers/testing/nats-cluster'

/** What goes back to a snapshot, the first one unless it is named: the messages of a stream, or its consumers' state. */
export type Part = ({ readonly messagesOf: string } | { readonly consumersOf: string }) & {
  readonly snapshot?: string
}
export type Loss = 'everything' | readonly Part[]

interface Options {
  readonly size?: 1 | 3
  readonly version?: string | undefined
}

/** One NATS server, or a cluster of three, that can lose its last writes. */
export async function natsWithPowerFailures({ size = 1, version }: Options = {}) {
  const cluster = await testNatsCluster({ size, version })
  const { servers, url } = cluster
  const each = (run: (server: Server) => Promise<unknown>) => Promise.all(servers.map(run))
  return {
    ...cluster,
    /** A power failure loses what is written after this. */
    async takeSnapshot(name = 'first'): Promise<void> {
      // A single server is stopped, so that everything is on disk. A cluster would need many seconds to start again:
      // its servers are frozen, so the copy has what a crash would leave.
      if (servers.length === 1) await each((server) => server.stop())
      else signal(servers, 'SIGSTOP')
      await each(({ dataDir }) => cp(join(dataDir, 'jetstream'), join(dataDir, name), { recursive: true }))
      if (servers.length === 1) await each((server) => server.restart())
      else signal(servers, 'SIGCONT')
    },
    /** @param meanwhile runs while the servers are down */
    async losePower(loss: Loss, meanwhile?: () => Promise<unknown>): Promise<void> {
      // Stopped, not killed: what stays must be on disk, the consumers' state before all.
      await each((server) => (loss === 'everything' ? server.kill() : server.stop()))
      await each(({ dataDir }) => goBack(dataDir, loss))
      await meanwhile?.()
      await each((server) => server.restart())
    },
    /**
     * The same in a cluster, unseen by the clients of one server: that one is frozen while the two others go back and
     * choose their leaders without it. Afterwards it follows them.
     * @param meanwhile runs while it is frozen, with the URL of the two others
     */
    async losePowerUnseenBy(
      clientsOf: string,
      loss: Loss,
      meanwhile: (url: string) => Promise<unknown>,
    ): Promise<void> {
      const kept = servers.filter((server) => server.url.endsWith(new URL(`nats://${clientsOf}`).host))
      const others = servers.filter((server) => !kept.includes(server))
      signal(kept, 'SIGSTOP')
      await Promise.all(others.map((server) => server.kill()))
      await Promise.all(others.map(({ dataDir }) => goBack(dataDir, loss)))
      await Promise.all(others.map((server) => server.restart()))
      await meanwhile(others.map((server) => server.url).join(','))
      signal(kept, 'SIGCONT')
    },
    url,
  }
}

type Server = TestCluster['servers'][number]

function signal(servers: readonly Server[], name: NodeJS.Signals): void {
  for (const { pid } of servers) if (pid !== undefined) process.kill(pid, name)
}

async function goBack(dataDir: string, loss: Loss): Promise<void> {
  if (loss === 'everything') return replace(dataDir, 'first', '')
  for (const { snapshot = 'first', ...part } of loss)
    for (const folder of await foldersOf(join(dataDir, 'jetstream', 'jetstream'), part))
      await replace(dataDir, snapshot, join('jetstream', folder))
}

async function replace(dataDir: string, snapshot: string, folder: string): Promise<void> {
  const to = join(dataDir, 'jetstream', folder)
  await rm(to, { recursive: true })
  await cp(join(dataDir, snapshot, folder), to, { recursive: true })
}

/** The folders of a part: what the server has stored, and in a cluster the log that the servers agree on. */
async function foldersOf(root: string, part: Part): Promise<string[]> {
  const isStream = 'messagesOf' in part
  const stream = isStream ? part.messagesOf : part.consumersOf
  const stored = join('$G', 'streams', stream, isStream ? 'msgs' : 'obs')
  const logs = join('$SYS', '_js_')
  const names = await readdir(join(root, logs)).catch(() => [])
  const own: string[] = []
  for (const name of names) {
    const { metadata } = JSON.parse(await readFile(join(root, logs, name, 'meta.inf'), 'utf8'))
    const isOfPart = name.startsWith(isStream ? 'S-' : 'C-') && metadata?.stream === stream
    if (isOfPart) own.push(join(logs, name))
  }
  return [stored, ...own]
}
