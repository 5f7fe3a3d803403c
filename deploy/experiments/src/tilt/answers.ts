import { portsFrom, type ServiceName } from '@saucery/local/system/service-ports'
import { waitUntil } from '@saucery/servers/process/wait-until'

const ports = portsFrom(process.env)

/** Asks until the condition holds. @returns the time it took in ms; undefined when the limit was over before */
export async function msUntil(isTrue: () => Promise<boolean>, limitMs: number): Promise<number | undefined> {
  const began = performance.now()
  const isReached = await waitUntil(() => isTrue().catch(() => false), { everyMs: 50, withinMs: limitMs })
  return isReached ? performance.now() - began : undefined
}

const ask = (service: ServiceName, path: string): Promise<Response> =>
  fetch(`http://localhost:${ports[service]}${path}`, { signal: AbortSignal.timeout(2000) })

export async function hasHeader(service: ServiceName, header: string, value: string): Promise<boolean> {
  const response = await ask(service, '/')
  await response.arrayBuffer()
  return response.headers.get(header) === value
}

// Without a token a service answers with a problem.
export const answers = async (service: ServiceName): Promise<boolean> =>
  (await ask(service, '/')).status < 500

/** Whether the page's script, as a browser would get it, contains the text. */
export async function pageContains(text: string): Promise<boolean> {
  const page = await (await ask('gateway', '/')).text()
  const script = /src="\/?([^"]+\.js)"/.exec(page)?.[1]
  return script !== undefined && (await (await ask('gateway', `/${script}`)).text()).includes(text)
}
