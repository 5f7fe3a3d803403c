import { join } from 'node:path'
import type { Print } from '@saucery/servers/install/found'
import { lockFolder } from '@saucery/servers/process/folder-lock'
import type { NatsAccess } from '../access/nats-users.ts'
import { signInSettings } from '../access/sign-in.ts'
import type { Supervised } from '../supervisor/supervise.ts'
import { type SupervisedServer, superviseServer } from '../supervisor/supervised-server.ts'
import { bundle } from './bundle.ts'
import { untilReady } from './ready.ts'
import { claimPorts, type Ports, type ServiceName, type StoreName, serviceNames } from './service-ports.ts'
import { type OnLine, startServices } from './services.ts'
import { type Stores, startStores } from './stores.ts'

export interface SystemOptions {
  /** Data, logs and passwords; the next start on it finds yesterday's orders. */
  readonly dataDir: string
  readonly ports: Ports
  /** Where the stores are found, and the services' settings. */
  readonly env: NodeJS.ProcessEnv
  readonly print: Print
  /** Each line that a service writes: JSON, unless it crashes. */
  readonly onLine?: OnLine
  /** Aborted, the start ends at once: for a process that exits then, which ends servers that are half started. */
  readonly signal?: AbortSignal
}

/** Everything, running. Whatever dies is started again until it is stopped. */
export interface System {
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly services: Readonly<Record<ServiceName, Supervised>>
  readonly servers: Readonly<Record<StoreName, SupervisedServer>>
  /** Each with its owner's name and password. */
  readonly databases: Stores['databases']
  readonly nats: NatsAccess
  /** Stops everything in order; what is in hand is finished. */
  stop(): Promise<void>
  /** Ends everything at once, as a crash would. */
  kill(): Promise<void>
}

/** Starts the stores, what they hold, and the services; resolves when all are ready, and leaves nothing when it fails. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { print, signal } = options
  const unlock = await lockFolder(options.dataDir)
  const closing: (() => Promise<unknown>)[] = [unlock]
  try {
    const ports = await claimPorts(options.ports)
    const access = signInSettings(options.dataDir, options.env)
    const bundling = bundle(join(options.dataDir, 'services'))
    bundling.catch(() => {})
    const stores = await unlessAborted(startStores(options), signal)
    const servers = superviseAll(stores, print)
    closing.unshift(() => stopServers(servers, print))
    const onLine = options.onLine ?? (() => {})
    const services = startServices({
      ...options,
      ports,
      stores,
      bundle: await bundling,
      signIn: access,
      onLine,
    })
    closing.unshift(() => stopServices(services, print))
    const urls = urlsOf(ports)
    await untilReady(urls, { print, signal })
    return {
      urls,
      services,
      servers,
      databases: stores.databases,
      nats: stores.nats,
      async stop() {
        for (const close of closing) await close()
      },
      async kill() {
        await Promise.all([...Object.values(services), ...Object.values(servers)].map(end))
        await unlock()
      },
    }
  } catch (error) {
    for (const close of closing) await close()
    throw error
  }
}

/** A download cannot be interrupted, so it is left behind. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
  return Promise.race([work, aborted])
}

const urlsOf = (ports: Record<ServiceName, number>) =>
  Object.fromEntries(serviceNames.map((name) => [name, `http://127.0.0.1:${ports[name]}`])) as System['urls']

function superviseAll({ servers }: Stores, print: Print): System['servers'] {
  return {
    postgres: superviseServer(servers.postgres, { print }),
    nats: superviseServer(servers.nats, { print }),
    mongodb: superviseServer(servers.mongodb, { print }),
  }
}

/** The door first, so that nobody is let in whose request cannot be served any more. */
async function stopServices({ gateway, ...others }: System['services'], print: Print): Promise<void> {
  print('Stopping the gateway')
  await gateway.stop()
  print('Stopping the services')
  await Promise.all(Object.values(others).map((service) => service.stop()))
}

async function stopServers({ nats, mongodb, postgres }: System['servers'], print: Print): Promise<void> {
  for (const server of [nats, mongodb, postgres]) {
    if (server.pid !== undefined) print(`Stopping ${server.what}`)
    await server.stop()
  }
}

async function end(program: Supervised): Promise<void> {
  const stopped = program.stop()
  if (program.pid !== undefined) await program.kill()
  await stopped
}
