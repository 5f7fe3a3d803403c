import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findNats } from '@saucery/servers/nats/find-nats'
import { freePort } from '@saucery/servers/process/ports'
import { type Server, startServer } from '@saucery/servers/process/server'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type Container, ofKind, podOf, type Resource } from './resources.ts'

export interface NatsMember {
  readonly name: string
  readonly url: string
  /** The names of the servers that it has routes with. */
  routes(): Promise<Set<string>>
  /** How often another server refused its password. */
  refusals(): Promise<number>
  stop(): Promise<void>
}

/** Starts NATS servers on this machine with the configuration and the environment that an overlay gives its pods. */
export async function natsCluster(
  resources: readonly Resource[],
  secret: Record<string, string>,
  version: string,
) {
  const env = { ...process.env, NATS_URL: '', NATS_SERVER_VERSION: version }
  const found = await findNats({ env })
  if (!('program' in found)) throw new Error('no nats-server')
  const { file } = found.program
  const set = ofKind(resources, 'StatefulSet').find(({ metadata }) => metadata.name === 'nats') as Resource
  const pod = podOf(set)
  const map = pod.volumes?.find(({ name }) => name === 'config')?.configMap?.name
  const files =
    resources.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === map)?.data ?? {}
  const folder = await tempFolder()
  const started: Server[] = []
  const names = Array.from({ length: set.spec?.replicas ?? 0 }, (_, i) => `nats-${i}`)
  const clusterPorts = new Map(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  )

  /** The same configuration at an address of this machine. */
  function local(
    text: string,
    name: string,
    ports: { client: number; monitor: number; cluster: number },
  ): string {
    return text
      .replaceAll('0.0.0.0:4222', `127.0.0.1:${ports.client}`)
      .replaceAll('0.0.0.0:8222', `127.0.0.1:${ports.monitor}`)
      .replaceAll('0.0.0.0:6222', `127.0.0.1:${ports.cluster}`)
      .replaceAll('"/data"', `"${join(folder, name, 'data')}"`)
      .replaceAll('/run/nats/nats.pid', join(folder, name, 'nats.pid'))
      .replaceAll(/(nats-\d)\.nats-headless:6222/g, (_, peer) => `127.0.0.1:${clusterPorts.get(peer)}`)
  }

  /** @param change what this server has otherwise than the overlay's */
  async function start(name: string, change: (text: string) => string = (text) => text): Promise<NatsMember> {
    const [monitor, cluster] = [await freePort(), clusterPorts.get(name) ?? (await freePort())]
    const dataDir = join(folder, name)
    mkdirSync(dataDir)
    const server = await startServer({
      dataDir,
      what: name,
      url: (port) => `nats://127.0.0.1:${port}`,
      async command(client) {
        const ports = { client, monitor, cluster }
        for (const [conf, text] of Object.entries(files))
          writeFileSync(join(dataDir, conf), local(change(text), name, ports))
        const variables = environment(pod.containers[0] as Container, { ...secret, POD_NAME: name })
        const local_ = Object.entries(variables).map(([key, value]) => [
          key,
          local(change(value), name, ports),
        ])
        return { file, args: ['-c', join(dataDir, 'nats.conf')], env: Object.fromEntries(local_) }
      },
      ready: async () => {},
      stopSignal: 'SIGTERM',
    })
    started.push(server)
    return {
      name,
      url: server.url,
      stop: server.stop,
      async refusals() {
        const log = await readFile(join(dataDir, 'server.log'), 'utf8')
        return log.match(/authorization violation/gi)?.length ?? 0
      },
      async routes() {
        const answer = await fetch(`http://127.0.0.1:${monitor}/routez`)
        const { routes } = (await answer.json()) as { routes: { remote_name: string }[] | null }
        return new Set(routes?.map((route) => route.remote_name))
      },
    }
  }

  return {
    names,
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((server) => server.kill()))
      await removeTempFolder(folder)
    },
  }
}

/** What Kubernetes gives a container: its Secret, then its own list, in which `$(NAME)` is an earlier member. */
function environment(container: Container, secret: Record<string, string>): Record<string, string> {
  const own: Record<string, string> = {}
  for (const { name, value, valueFrom } of container.env ?? [])
    own[name] =
      value?.replaceAll(/\$\((\w+)\)/g, (text, variable) => own[variable] ?? text) ??
      secret[valueFrom?.secretKeyRef?.key ?? name] ??
      ''
  return { ...secret, ...own }
}
