import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { requestIdOf } from '@saucery/chassis/http/request-id'

/** What a request is called in the logs and events of every service. */
export interface Correlation {
  readonly requestId: string
  readonly traceparent: string
  /** The client sent no trace, or one that cannot be read. */
  readonly isNewTrace: boolean
}

const traceparent = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/

/** Takes over the client's ids; makes those that it did not send, or that do not fit. */
export function correlationOf(headers: IncomingHttpHeaders): Correlation {
  const trace = headers.traceparent
  const isTraced = typeof trace === 'string' && traceparent.test(trace)
  return {
    requestId: requestIdOf(headers),
    traceparent: isTraced ? trace : newTrace(),
    isNewTrace: !isTraced,
  }
}

function newTrace(): string {
  const hex = randomBytes(24).toString('hex')
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`
}
