import { createHash } from 'node:crypto'
import type { KeyedRequest } from '@saucery/messaging/idempotency/requests'
import type { Context } from 'hono'
import { type Problem, ProblemError } from '../http/problem.ts'

/** A string of RFC 8941, as the draft wants it; or bare, as most clients send it. */
export const keyPattern = /^("([ !#-[\]-~]|\\["\\]){1,255}"|[A-Za-z0-9_.:~+/=-]{1,255})$/

/**
 * What makes a request the same as another one: its `Idempotency-Key`, and what it asks for.
 * @param scope whose keys these are
 * @param body as it was understood, so that its spelling does not count
 * @returns undefined for a request without a key
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function keyedRequest(c: Context, scope: string, body: unknown): KeyedRequest | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  if (!keyPattern.test(header)) throw new ProblemError(invalidKey)
  const key = header.startsWith('"') ? header.slice(1, -1).replace(/\\(.)/g, '$1') : header
  const asksFor = `${c.req.method} ${c.req.path} ${JSON.stringify(body, sorted)}`
  return { scope, key, fingerprint: createHash('sha256').update(asksFor).digest('base64url') }
}

const sorted = (_: string, value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const invalidKey: Problem = {
  status: 400,
  code: 'invalid-idempotency-key',
  title: 'The Idempotency-Key is not a string of 1 to 255 printable ASCII characters, in quotes',
}
