import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, greeting, isFree } from '@saucery/servers/process/ports'

const usual = { order: 8084, payment: 8085, delivery: 8086, dashboard: 8087, gateway: 8088 }

export type ServiceName = keyof typeof usual
export const serviceNames = Object.keys(usual) as ServiceName[]
const storeNames = ['postgres', 'nats', 'mongodb'] as const
export type StoreName = (typeof storeNames)[number]

/** Where everything listens; 0 is any free port. */
export type Ports = Record<ServiceName | StoreName, number>

export const anyPorts: Ports = Object.fromEntries(
  [...serviceNames, ...storeNames].map((n) => [n, 0]),
) as Ports

const variable = (name: string) => `${name.toUpperCase()}_PORT`

/** The usual ports, changed by ORDER_PORT and the like. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const read = (name: string, otherwise: number) => {
    const text = env[variable(name)] || String(otherwise)
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return [name, Number(text)]
    throw new Error(`${variable(name)} is not a port: ${text}`)
  }
  const services = serviceNames.map((name) => read(name, usual[name]))
  return Object.fromEntries([...services, ...storeNames.map((name) => read(name, 0))])
}

/**
 * The services' ports, with a free one for each 0.
 * @throws when one is taken: services that a killed start left behind are given a moment to end.
 */
export async function claimPorts(ports: Ports): Promise<Record<ServiceName, number>> {
  refuseDoubles(ports)
  const claimed = new Map<ServiceName, number>()
  for (const name of serviceNames) {
    const port = ports[name]
    if (port !== 0) await demandFree(name, port)
    claimed.set(name, port === 0 ? await another([...claimed.values(), ...Object.values(ports)]) : port)
  }
  return Object.fromEntries(claimed) as Record<ServiceName, number>
}

function refuseDoubles(ports: Ports): void {
  const byPort = new Map<number, string>()
  for (const [name, port] of Object.entries(ports).filter(([, port]) => port !== 0)) {
    const other = byPort.get(port)
    if (other) throw new Error(`Port ${port} is given to both ${other} and ${name}`)
    byPort.set(port, name)
  }
}

async function demandFree(name: ServiceName, port: number): Promise<void> {
  const deadline = Date.now() + 2_000
  while (await isTaken(port)) {
    if (Date.now() > deadline)
      throw new Error(
        `Port ${port} is taken by another program, and ${name} needs it. ` +
          `Stop that program, or choose another port: ${variable(name)}=${port + 1000}`,
      )
    await sleep(100)
  }
}

/** Asked in both ways, because some systems let two programs listen on one port, of one and of all addresses. */
async function isTaken(port: number): Promise<boolean> {
  const answers = greeting(port, false).then(
    () => true,
    () => false,
  )
  return !(await isFree(port)) || answers
}

async function another(taken: readonly number[]): Promise<number> {
  const port = await freePort()
  return taken.includes(port) ? another(taken) : port
}
