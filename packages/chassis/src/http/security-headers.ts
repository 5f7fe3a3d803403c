import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestIdOf } from './request-id.ts'

/** On every answer: it is data for programs, never a page or part of one. A route with a page sets its own policy. */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** A route whose answer may be kept says so itself. */
export const defaultHeaders = { ...securityHeaders, 'cache-control': 'no-store' } as const

const entries = Object.entries(defaultHeaders)

/** Gives the request a usable id, and its answer that id and the security headers. */
export function prepareResponse({ headers }: IncomingMessage, outgoing: ServerResponse): void {
  const requestId = requestIdOf(headers)
  headers['x-request-id'] = requestId
  outgoing.setHeader('x-request-id', requestId)
  for (const [name, value] of entries) outgoing.setHeader(name, value)
}
