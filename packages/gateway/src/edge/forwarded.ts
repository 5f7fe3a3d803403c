import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Where a request came from, as the services are told it. */
export interface ClientOrigin {
  /** The client's address. */
  readonly client: string
  readonly forwardedFor: string
  readonly host: string
  readonly proto: string
}

/**
 * @param trustedProxies proxies of our own that each request passes before the gateway: what they said is believed,
 * and nothing that came from before them
 */
export function forwardedFrom({ headers, socket }: IncomingMessage, trustedProxies: number): ClientOrigin {
  const peer = plain(socket.remoteAddress ?? 'unknown')
  const host = headers.host ?? ''
  if (trustedProxies === 0) return { client: peer, forwardedFor: peer, host, proto: 'http' }
  const said = listOf(headers['x-forwarded-for'])
  const hops = said.slice(-trustedProxies).filter((address) => isIP(address) !== 0)
  const path = [...hops.map(plain), peer]
  return {
    client: path[0] as string,
    forwardedFor: path.join(', '),
    host: listOf(headers['x-forwarded-host']).at(-1) ?? host,
    proto: listOf(headers['x-forwarded-proto']).at(-1) === 'https' ? 'https' : 'http',
  }
}

const listOf = (header: string | string[] | undefined): string[] =>
  header === undefined
    ? []
    : String(header)
        .split(',')
        .map((item) => item.trim())

/** An IPv4 address as it is, also where the socket speaks IPv6. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
