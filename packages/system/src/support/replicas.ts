import { join } from 'node:path'
import { signInEnv } from '@saucery/local/access/sign-in'
import { bundle } from '@saucery/local/system/bundle'
import {
  anyPorts,
  claimPorts,
  managementOf,
  perService,
  type ServiceName,
  type ServicePorts,
} from '@saucery/local/system/service-ports'
import { startService } from '@saucery/local/system/services'
import type { System } from '@saucery/local/system/system'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Supervised } from '@saucery/servers/process/supervise'
import { startBalancer } from './balancer-process.ts'

export interface Replica {
  readonly name: ServiceName
  readonly port: number
  /** Of its probes. */
  readonly managementPort: number
  readonly program: Supervised
}

const portOf = (url: string) => Number(new URL(url).port)

/** A running system, the folder of its data, and the settings of its services. */
interface Replicated extends Pick<System, 'urls' | 'managementUrls' | 'services' | 'databases' | 'nats'> {
  readonly dataDir: string
  readonly settings?: NodeJS.ProcessEnv
  /** Called with each line that a further replica writes. */
  readonly onLine?: (line: string) => void
}

/** Two replicas of each service behind a balancer, in the order of a rollout: the system's own, and one more of each. */
export async function replicasOf(system: Replicated) {
  const { dataDir, urls, managementUrls, services, settings, onLine, ...stores } = system
  const env = { ...process.env, LOG_LEVEL: 'warn', ...settings }
  const built = await bundle(join(dataDir, 'replicas'))
  const [own, more] = [await claimPorts(anyPorts), await claimPorts(anyPorts)]
  const among = (ports: ServicePorts, name: ServiceName) =>
    ({ port: ports[name], managementPort: ports[managementOf(name)] }) as const
  // The system's own gateway calls its own services, so two others replace it.
  const firstOf = (name: ServiceName) =>
    name === 'gateway'
      ? among(more, name)
      : { port: portOf(urls[name]), managementPort: portOf(managementUrls[name]) }
  const pairs = perService((name) => [firstOf(name), among(own, name)] as const)
  const opened = await Promise.all(
    Object.entries(pairs).map(async ([name, pair]) => [
      name,
      await startBalancer(pair.map(({ port }) => port)),
    ]),
  )
  const balancers = Object.fromEntries(opened) as Record<
    ServiceName,
    Awaited<ReturnType<typeof startBalancer>>
  >
  const behind = perService((name) => balancers[name].port)

  function start(name: ServiceName, port: number, managementPort: number): Supervised {
    const ports = { ...own, ...behind, [name]: port, [managementOf(name)]: managementPort }
    const signIn = signInEnv(dataDir, {})
    const output = (_: ServiceName, line: string) => onLine?.(`${name}: ${line}`)
    const options = { dataDir, ports, stores, signIn, bundle: built, env, print: () => {}, onLine: output }
    return startService(name, options)
  }

  const replicas = Object.entries(pairs).flatMap(([key, pair]): Replica[] => {
    const name = key as ServiceName
    return pair.map(({ port, managementPort }) => {
      const isOwn = port === portOf(urls[name])
      return {
        name,
        port,
        managementPort,
        program: isOwn ? services[name] : start(name, port, managementPort),
      }
    })
  })
  const isReady = ({ name, managementPort }: Replica) =>
    eventually(async () => {
      const probe = `http://127.0.0.1:${managementPort}/readyz`
      const { status } = await fetch(probe, { headers: { connection: 'close' } })
      if (status !== 200) throw new Error(`${name} is not ready`)
    }, 60_000)
  await Promise.all(replicas.map(isReady))
  return {
    replicas,
    url: balancers.gateway.url,
    /** @returns how long it took to stop, in ms */
    async restart(replica: Replica): Promise<number> {
      const { name, port, program } = replica
      await balancers[name].takeOut(port)
      const began = performance.now()
      await program.stop()
      const took = performance.now() - began
      program.start()
      await isReady(replica)
      await balancers[name].putIn(port)
      return took
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map(({ program }) => program.stop()))
      for (const balancer of Object.values(balancers)) balancer.close()
    },
  }
}
