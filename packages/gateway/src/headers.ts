import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { passportHeader } from '@saucery/chassis/passport'
import type { Identity } from './identity.ts'

/** RFC 9110 §7.6.1, and what is between a client and its proxy only. Trailers are not passed on. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** What the gateway alone may say, or has already answered (`expect`). */
const own = [
  // Says who calls to the gateway; to the services, the passport does.
  'authorization',
  'expect',
  'forwarded',
  'host',
  'traceparent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
  passportHeader,
]

const dropped = new Set([...hopByHop, ...own])
const untraced = new Set([...dropped, 'tracestate'])

/** The headers of the request as it is sent on: names and values in turn. */
export function requestHeaders(
  incoming: IncomingMessage,
  identity: Identity,
  passport: string | undefined,
): string[] {
  const { rawHeaders, socket, headers } = incoming
  const drop = identity.isNewTrace ? untraced : dropped
  const named = namedIn(headers.connection)
  const result = [
    'via',
    '1.1 gateway',
    'x-forwarded-for',
    socket.remoteAddress ?? 'unknown',
    'x-forwarded-host',
    headers.host ?? '',
    'x-forwarded-proto',
    'http',
    'x-request-id',
    identity.requestId,
    'traceparent',
    identity.traceparent,
  ]
  if (passport !== undefined) result.push(passportHeader, passport)
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const lower = name.toLowerCase()
    if (!drop.has(lower) && !named.includes(lower)) result.push(name, rawHeaders[i + 1] as string)
  }
  return result
}

/** The headers of the answer as it is passed back, with `added` ones, which win; but `vary` grows. */
export function answerHeaders(headers: IncomingHttpHeaders, added: Headers): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = { ...headers }
  for (const name of hopByHop) delete result[name]
  for (const name of namedIn(headers.connection)) delete result[name]
  for (const [name, value] of added)
    result[name] = name === 'vary' && headers.vary ? `${headers.vary}, ${value}` : value
  return result
}

const none: string[] = []

const namedIn = (connection: string | undefined): string[] =>
  connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? none
    : connection.split(',').map((name) => name.trim().toLowerCase())
