import { Overloaded } from '@saucery/chassis/http/admission'
import type { Problem } from '@saucery/chassis/http/problem'

const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']
const losses = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']

export const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? error)

/** The connection broke with a request on it: the service may or may not have carried it out. */
export const isConnectionLoss = (error: unknown): boolean => losses.includes(codeOf(error))

/** The answer to a client whose request got none from the service. */
export function problemOf(error: unknown, service: string): Problem {
  const code = codeOf(error)
  if (code === 'UND_ERR_INVALID_ARG')
    return { status: 400, code: 'bad-request', title: 'The request cannot be forwarded' }
  if (timeouts.includes(code)) {
    const detail = `The ${service} service did not answer in time. It may still carry out the request.`
    return { status: 503, code: 'upstream-timeout', title: 'A service did not answer in time', detail }
  }
  if (error instanceof Overloaded) {
    const detail = `The ${service} service has more requests than it can answer in time. This one was not sent to it.`
    return { status: 503, code: 'upstream-overloaded', title: 'A service has too many requests', detail }
  }
  const outcome = isConnectionLoss(error)
    ? 'closed the connection before its answer. It may have carried out the request.'
    : 'cannot be reached.'
  const detail = `The ${service} service ${outcome}`
  return { status: 502, code: 'upstream-unavailable', title: 'A service cannot be reached', detail }
}
