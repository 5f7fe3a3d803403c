import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { callerTokenHeader } from '@saucery/chassis/auth/caller-token'
import { securityHeaders } from '@saucery/chassis/http/security-headers'
import type { Correlation } from '../auth/identity.ts'
import type { ClientOrigin } from '../edge/forwarded.ts'

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
  callerTokenHeader,
]

const dropped = new Set([...hopByHop, ...own])
const untraced = new Set([...dropped, 'tracestate'])

/** The headers of the request as it is sent on: names and values in turn. */
export function requestHeaders(
  incoming: IncomingMessage,
  identity: Correlation,
  origin: ClientOrigin,
  passport: string | undefined,
): string[] {
  const { rawHeaders, headers } = incoming
  const drop = identity.isNewTrace ? untraced : dropped
  const named = namedIn(headers.connection)
  const result = [
    'via',
    '1.1 gateway',
    'x-forwarded-for',
    origin.forwardedFor,
    'x-forwarded-host',
    origin.host,
    'x-forwarded-proto',
    origin.proto,
    'x-request-id',
    identity.requestId,
    'traceparent',
    identity.traceparent,
  ]
  if (passport !== undefined) result.push(callerTokenHeader, passport)
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const lower = name.toLowerCase()
    if (!drop.has(lower) && !named.includes(lower)) result.push(name, rawHeaders[i + 1] as string)
  }
  return result
}

/** What the gateway alone may say in an answer, and what says too much of a service. */
const withheld = new Set([
  ...hopByHop,
  ...Object.keys(securityHeaders),
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'ratelimit',
  'ratelimit-policy',
  'server',
  'x-powered-by',
  'x-request-id',
])

/** The headers of the answer as it is passed back, with `added` ones, which win; but `vary` grows. */
export function answerHeaders(headers: IncomingHttpHeaders, added: Headers): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {}
  const named = namedIn(headers.connection)
  for (const name in headers) if (!withheld.has(name) && !named.includes(name)) result[name] = headers[name]
  for (const [name, value] of added)
    result[name] = name === 'vary' && headers.vary ? `${headers.vary}, ${value}` : value
  return result
}

const none: string[] = []

const namedIn = (connection: string | undefined): string[] =>
  connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? none
    : connection.split(',').map((name) => name.trim().toLowerCase())
