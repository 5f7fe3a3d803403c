import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestIdOf } from './request-id.ts'

/**
 * On every answer, whoever gives it: an answer is data for programs, never a page or part of one.
 * A route that serves a page sets a policy of its own.
 */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

const safe = Object.entries(securityHeaders)

/** Gives the request an id where it has none that can be used, and its answer that id and the safe headers. */
export function prepareResponse({ headers }: IncomingMessage, outgoing: ServerResponse): void {
  const requestId = requestIdOf(headers)
  headers['x-request-id'] = requestId
  outgoing.setHeader('x-request-id', requestId)
  for (const [name, value] of safe) outgoing.setHeader(name, value)
}
