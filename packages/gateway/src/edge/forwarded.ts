import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Where a request came from, as the `x-forwarded-*` headers tell a service. */
export interface ClientOrigin {
  /** The client's address. */
  readonly client: string
  readonly forwardedFor: string
  readonly host: string
  readonly proto: string
}

/**
 * @param trustedProxies how many proxies of our own stand before the gateway; only their part of `x-forwarded-*` is
 * believed, and nothing that the client sent
 */
export function forwardedFrom({ headers, socket }: IncomingMessage, trustedProxies: number): ClientOrigin {
  const peer = withoutMapping(socket.remoteAddress ?? 'unknown')
  const host = headers.host ?? ''
  if (trustedProxies === 0) return { client: peer, forwardedFor: peer, host, proto: 'http' }
  const claimed = listIn(headers['x-forwarded-for'])
  const hops = claimed.slice(-trustedProxies).filter((address) => isIP(address) !== 0)
  const path = [...hops.map(withoutMapping), peer]
  return {
    client: path[0] as string,
    forwardedFor: path.join(', '),
    host: listIn(headers['x-forwarded-host']).at(-1) ?? host,
    proto: listIn(headers['x-forwarded-proto']).at(-1) === 'https' ? 'https' : 'http',
  }
}

const listIn = (header: string | string[] | undefined): string[] =>
  header === undefined
    ? []
    : String(header)
        .split(',')
        .map((item) => item.trim())

/** A socket that speaks IPv6 shows an IPv4 address as `::ffff:1.2.3.4`. */
const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address
