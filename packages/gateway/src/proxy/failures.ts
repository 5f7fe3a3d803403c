import type { Problem } from '@saucery/chassis/http/problem'
import type { ServiceName } from './upstreams.ts'

/** As many requests wait for the service as may. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  readonly code = 'OVERLOADED'
}

const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']
const losses = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']

export const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? error)

/** The connection broke while a request was on it; nobody knows how far the service got. */
export const isConnectionLoss = (error: unknown): boolean => losses.includes(codeOf(error))

/** What the client is told when a service gave no answer. */
export function problemOf(error: unknown, service: ServiceName): Problem {
  const code = codeOf(error)
  if (code === 'UND_ERR_INVALID_ARG')
    return { status: 400, code: 'bad-request', title: 'The request cannot be passed on' }
  if (timeouts.includes(code))
    return {
      status: 503,
      code: 'upstream-timeout',
      title: 'A service did not answer in time',
      detail: `The ${service} service did not answer in time; the request may still be carried out.`,
    }
  if (error instanceof Overloaded)
    return {
      status: 503,
      code: 'upstream-overloaded',
      title: 'Too many requests wait for a service',
      detail: `The ${service} service is too slow for the requests that wait for it; this one was not sent.`,
    }
  const outcome = isConnectionLoss(error)
    ? 'broke off before its answer; the request may have been carried out.'
    : 'cannot be reached.'
  return {
    status: 502,
    code: 'upstream-unavailable',
    title: 'A service cannot be reached',
    detail: `The ${service} service ${outcome}`,
  }
}
