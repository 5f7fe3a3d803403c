import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Where a request came from: the client's address, and what the `x-forwarded-*` headers tell a service.
 * @param trustedProxies how many proxies of our own stand before the gateway; only their part of `x-forwarded-*` is
 * believed, and nothing that the client sent
 */
export function forwardedFrom({ headers, socket }: IncomingMessage, trustedProxies: number) {
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

export type ClientOrigin = Readonly<ReturnType<typeof forwardedFrom>>

function listIn(header: string | string[] | undefined): string[] {
  const items = header === undefined ? [] : String(header).split(',')
  return items.map((item) => item.trim())
}

/** A socket that speaks IPv6 shows an IPv4 address as `::ffff:1.2.3.4`. */
const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address
