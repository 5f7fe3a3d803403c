import { Unreachable } from '@saucery/client/errors'

/**
 * Asks the gateway which services are not ready.
 * @returns their names; `gateway` when it is not ready itself
 * @throws Unreachable
 */
export async function unreadyServices(url: string): Promise<string[]> {
  const signal = AbortSignal.timeout(10_000)
  const answer = await fetch(new URL('/readyz', url), { signal }).catch((cause) => {
    throw new Unreachable(cause)
  })
  if (!answer.ok) return ['gateway']
  const { upstreams } = (await answer.json()) as { upstreams: Readonly<Record<string, string>> }
  return Object.keys(upstreams).filter((name) => upstreams[name] !== 'ready')
}
