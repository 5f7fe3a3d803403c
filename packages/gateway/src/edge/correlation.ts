import type { IncomingHttpHeaders } from 'node:http'
import { requestIdOf } from '@saucery/chassis/http/request-id'
import { newTraceparent } from '@saucery/messaging/events/trace-context'

const traceparent = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/

/**
 * What joins the logs and events of all services that one request reaches: the client's request id and trace, each
 * replaced by a new one where it is missing or malformed.
 */
export function correlationOf(headers: IncomingHttpHeaders) {
  const trace = headers.traceparent
  const isNewTrace = typeof trace !== 'string' || !traceparent.test(trace)
  return { requestId: requestIdOf(headers), traceparent: isNewTrace ? newTraceparent() : trace, isNewTrace }
}

export type Correlation = Readonly<ReturnType<typeof correlationOf>>
