import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { callerTokenHeader } from '@saucery/chassis/auth/caller-token'
import { requestIdOf } from '@saucery/chassis/http/request-id'
import { securityHeaders } from '@saucery/chassis/http/security-headers'
import { traceparentNow } from '@saucery/chassis/http/trace-requests'
import { noWaitHeader } from '@saucery/chassis/http/wait-places'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import type { ClientOrigin } from '../edge/forwarded.ts'

/** Meant for one connection only (RFC 9110 §7.6.1). Trailers are not forwarded either. */
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

/** The gateway sets these itself, or has answered them already (`expect`). */
const replaced = [
  // The services read the caller token instead.
  'authorization',
  // To a service its gateway's own page would be another server's.
  // (headers.test: "is forwarded without its origin, which the gateway has checked")
  'origin',
  'sec-fetch-site',
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
  noWaitHeader,
]

const dropped = new Set([...hopByHop, ...replaced])
const untraced = new Set([...dropped, 'tracestate'])

const traceparent = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/

/**
 * What joins the logs and events of all services that one request reaches: the client's request id and trace, each
 * replaced by a new one where it is missing or malformed.
 * @param recorded the trace context of the gateway's own span, where it makes any
 */
export function correlationOf(headers: IncomingHttpHeaders, recorded = traceparentNow()): Correlation {
  const trace = headers.traceparent
  if (recorded !== undefined)
    return { requestId: requestIdOf(headers), traceparent: recorded, isNewTrace: true }
  const isNewTrace = typeof trace !== 'string' || !traceparent.test(trace)
  return { requestId: requestIdOf(headers), traceparent: isNewTrace ? newTraceparent() : trace, isNewTrace }
}

interface Correlation {
  readonly requestId: string
  readonly traceparent: string
  /** In place of the client's. */
  readonly tracestate?: string
  /** The client's `tracestate` does not belong to it. */
  readonly isNewTrace: boolean
}

/**
 * The headers of the forwarded request: names and values in turn.
 * @param mayWait whether the service may wait as `Prefer` asks
 */
export function requestHeaders(
  incoming: IncomingMessage,
  correlation: Correlation,
  origin: ClientOrigin,
  callerToken: string | undefined,
  mayWait: boolean,
): string[] {
  const { rawHeaders, headers } = incoming
  const drop = correlation.isNewTrace ? untraced : dropped
  const named = namedIn(headers.connection)
  const result = Object.entries({
    via: '1.1 gateway',
    'x-forwarded-for': origin.forwardedFor,
    'x-forwarded-host': origin.host,
    'x-forwarded-proto': origin.proto,
    'x-request-id': correlation.requestId,
    traceparent: correlation.traceparent,
    ...(correlation.tracestate !== undefined && { tracestate: correlation.tracestate }),
    ...(callerToken !== undefined && { [callerTokenHeader]: callerToken }),
    ...(!mayWait && { [noWaitHeader]: '1' }),
  }).flat()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const lower = name.toLowerCase()
    if (!drop.has(lower) && !named.includes(lower)) result.push(name, rawHeaders[i + 1] as string)
  }
  return result
}

/** The gateway sets these in every answer, or keeps them secret (`server`, `x-powered-by`). */
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

/** The headers of the answer to the client: the service's, then `added`, which win; `vary` has both. */
export function answerHeaders(headers: IncomingHttpHeaders, added: Headers): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {}
  const named = namedIn(headers.connection)
  for (const name in headers) if (!withheld.has(name) && !named.includes(name)) result[name] = headers[name]
  for (const [name, value] of added)
    result[name] = name === 'vary' && headers.vary ? `${headers.vary}, ${value}` : value
  return result
}

const namedIn = (connection = ''): string[] => connection.split(',').map((name) => name.trim().toLowerCase())
