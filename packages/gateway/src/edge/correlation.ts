import type { IncomingHttpHeaders } from 'node:http'
import { requestIdOf } from '@saucery/chassis/http/request-id'
import { newTraceparent } from '@saucery/messaging/events/trace-context'

/** What joins the logs and events of all services that one request reaches. */
export interface Correlation {
  readonly requestId: string
  readonly traceparent: string
  /** The client sent no trace that can be read. */
  readonly isNewTrace: boolean
}

const traceparent = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/

/** The client's request id and trace, each replaced by a new one where it is missing or malformed. */
export function correlationOf(headers: IncomingHttpHeaders): Correlation {
  const trace = headers.traceparent
  const isTraced = typeof trace === 'string' && traceparent.test(trace)
  return {
    requestId: requestIdOf(headers),
    traceparent: isTraced ? trace : newTraceparent(),
    isNewTrace: !isTraced,
  }
}
