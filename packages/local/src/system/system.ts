import { join } from 'node:path'
import type { Print } from '@saucery/servers/process/child'
import { lockFolder } from '@saucery/servers/process/folder-lock'
import { type Supervised, type SupervisedServer, superviseServer } from '@saucery/servers/process/supervise'
import { signInEnv } from '../access/sign-in.ts'
import { startTraceStore } from '../traces/trace-store.ts'
import { type Bundle, bundle } from './bundle.ts'
import { checkSettings } from './check-settings.ts'
import { freezeOnDemand } from './freezing.ts'
import { waitUntilReady } from './ready.ts'
import {
  claimPorts,
  managementOf,
  perService,
  perStore,
  type ServiceName,
  type StoreName,
} from './service-ports.ts'
import { type OnLine, startServices } from './services.ts'
import { type Stores, type StoresOptions, startStores } from './stores.ts'

export interface SystemOptions extends Omit<StoresOptions, 'onReady'> {
  /** Called when a store answers, and when a service is ready. */
  readonly onReady?: (name: StoreName | ServiceName) => void
  /** Called with each line that a service writes: JSON, unless it crashes. */
  readonly onLine?: OnLine
  /** Of the services and the page; without it they are bundled now. */
  readonly bundle?: Bundle
  /** When it is aborted, the start rejects at once. Servers that are half started end when this process exits. */
  readonly signal?: AbortSignal
}

/** The running system. Each service and server is started again when it dies, until it is stopped. */
export interface System extends Pick<Stores, 'databases' | 'nats'> {
  readonly urls: Readonly<Record<ServiceName, string>>
  /** Where the services answer probes and Prometheus. */
  readonly managementUrls: Readonly<Record<ServiceName, string>>
  readonly services: Readonly<Record<ServiceName, Supervised>>
  readonly servers: Readonly<Record<StoreName, SupervisedServer>>
  /** Whether it keeps the traces of its orders: not where they are sent to another store. */
  readonly hasTraces: boolean
  /** Stops the gateway, the services and the servers, in this order; requests and events in flight are finished. */
  stop(): Promise<void>
  /** Ends everything at once, as a crash would. */
  kill(): Promise<void>
}

/** Starts the stores and the services, and resolves when all are ready. When it fails, everything is stopped. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { dataDir, print, signal, onLine = () => {} } = options
  const unlock = await lockFolder(dataDir)
  const stops: (() => Promise<void>)[] = [unlock]
  const stop = async () => {
    for (const each of stops) await each()
  }
  try {
    const ports = await claimPorts(options.ports)
    const signIn = signInEnv(dataDir, options.env)
    checkSettings({ ...options, ports, signIn })
    const bundling = options.bundle ? Promise.resolve(options.bundle) : bundle(join(dataDir, 'services'))
    bundling.catch(() => {})
    const stores = await unlessAborted(startStores(options), signal)
    const { databases, nats } = stores
    const servers = perStore((name) => superviseServer(stores.servers[name], { print }))
    stops.unshift(() => stopServers(servers, print))
    const traces = hasTraceStore(options.env) ? await startTraceStore() : undefined
    if (traces) stops.unshift(traces.close)
    const own = { ports, stores, bundle: await bundling, signIn, onLine, traceStore: traces?.url }
    const services = startServices({ ...options, ...own })
    stops.unshift(() => stopServices(services, print))
    const freezing = options.env.DRILLS === 'on' ? freezeOnDemand(dataDir, servers, print) : undefined
    if (freezing) stops.unshift(freezing.stop)
    const urls = perService((name) => `http://127.0.0.1:${ports[name]}`)
    const managementUrls = perService((name) => `http://127.0.0.1:${ports[managementOf(name)]}`)
    await waitUntilReady(managementUrls, print, signal, options.onReady)
    return {
      urls,
      managementUrls,
      services,
      servers,
      databases,
      nats,
      hasTraces: traces !== undefined,
      stop,
      async kill() {
        await freezing?.stop()
        await Promise.all([...Object.values(services), ...Object.values(servers)].map(killForGood))
        await traces?.close()
        await unlock()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `start` turns it on. Traces that are sent elsewhere are not kept here, nor those of a production system. */
const hasTraceStore = (env: NodeJS.ProcessEnv): boolean =>
  env.TRACE_STORE === 'on' &&
  !env.OTEL_EXPORTER_OTLP_ENDPOINT &&
  !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT &&
  env.OTEL_SDK_DISABLED !== 'true' &&
  env.NODE_ENV !== 'production'

/** A download cannot be aborted: it goes on until this process exits. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
  return Promise.race([work, aborted])
}

/** The gateway first: it accepts no request that the services could not answer any more. */
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

/** `stop` is called first, so that the program is not started again. */
async function killForGood(program: Supervised): Promise<void> {
  const stopped = program.stop()
  if (program.pid !== undefined) await program.kill()
  await stopped
}
