import { freePort, isFree, readGreeting } from '@saucery/servers/process/ports'
import { waitUntil } from '@saucery/servers/process/wait-until'

const usualPorts = {
  order: 8084,
  payment: 8085,
  delivery: 8086,
  dashboard: 8087,
  gateway: 8088,
}

export type ServiceName = keyof typeof usualPorts
export const serviceNames = Object.keys(usualPorts) as ServiceName[]
const storeNames = ['postgres', 'nats', 'mongodb'] as const
export type StoreName = (typeof storeNames)[number]

const perName =
  <Name extends string>(names: readonly Name[]) =>
  <T>(valueFor: (name: Name) => T) =>
    Object.fromEntries(names.map((name) => [name, valueFor(name)])) as Record<Name, T>

export const perService = perName(serviceNames)
export const perStore = perName(storeNames)

/** Where a service answers probes and Prometheus. */
export const managementOf = (name: ServiceName) => `${name}-management` as const
const managementNames = serviceNames.map(managementOf)
type ListenerName = ServiceName | (typeof managementNames)[number]
const perListener = perName<ListenerName>([...serviceNames, ...managementNames])

export type ServicePorts = Record<ListenerName, number>

/** Where everything listens; 0 is any free port. */
export type Ports = ServicePorts & Record<StoreName, number>

export const anyPorts: Ports = { ...perListener(() => 0), ...perStore(() => 0) }

const variable = (name: string) => `${name.toUpperCase().replace('-', '_')}_PORT`

/** The usual ports, changed by ORDER_PORT, ORDER_MANAGEMENT_PORT and the like; the second is 100 above the first. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const read = (name: keyof Ports, usual: number) => {
    const text = env[variable(name)] || String(usual)
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
    throw new Error(`${variable(name)} is not a port: ${text}`)
  }
  const ports = serviceNames.flatMap((name) => {
    const port = read(name, usualPorts[name])
    const management = managementOf(name)
    return [
      [name, port],
      [management, read(management, port && port + 100)],
    ]
  })
  return { ...Object.fromEntries(ports), ...perStore((name) => read(name, 0)) }
}

/**
 * The services' ports, with a free one for each 0.
 * @throws when two names have one port, or when a port is still taken after 2 s: the services that a killed start
 *   left behind need a moment to end
 */
export async function claimPorts(ports: Ports): Promise<ServicePorts> {
  refuseDoubles(ports)
  const claimed = perListener((name) => ports[name])
  for (const name of [...serviceNames, ...managementNames])
    if (ports[name] === 0)
      claimed[name] = await freePortExcept([...Object.values(ports), ...Object.values(claimed)])
    else await requireFree(name, ports[name])
  return claimed
}

function refuseDoubles(ports: Ports): void {
  const byPort = new Map<number, string>()
  for (const [name, port] of Object.entries(ports).filter(([, port]) => port !== 0)) {
    const other = byPort.get(port)
    if (other) throw new Error(`Port ${port} is given to both ${other} and ${name}`)
    byPort.set(port, name)
  }
}

async function freePortExcept(others: readonly number[]): Promise<number> {
  const port = await freePort()
  return others.includes(port) ? freePortExcept(others) : port
}

async function requireFree(name: ListenerName, port: number): Promise<void> {
  if (await waitUntil(async () => !(await isTaken(port)), { everyMs: 100, withinMs: 2_000 })) return
  throw new Error(
    `Port ${port} is taken by another program, and ${name} needs it. ` +
      `Stop that program, or choose another port: ${variable(name)}=${port + 1000}`,
  )
}

/** Checked in both ways: on some systems one program can listen on 127.0.0.1 and another on all addresses. */
async function isTaken(port: number): Promise<boolean> {
  const answers = readGreeting(port, false).then(
    () => true,
    () => false,
  )
  return !(await isFree(port)) || answers
}
