import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { bodyTooLarge, maxBodyBytes } from '@saucery/chassis/http/body-limit'
import { answerProblem, type Problem } from '@saucery/chassis/http/problem'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { type RateLimit, rateLimited } from './rate-limit.ts'

/** Resolves with the answer to a request that goes no further. */
export type EdgePolicy = (c: Context) => Promise<Response | undefined>

export interface EdgePolicyOptions {
  readonly corsOrigins: readonly string[]
  readonly rateLimit: RateLimit
  /** Who is counted as one: an address, a signed-in subject. */
  clientOf(c: Context): string
}

/** What every request passes before a route has it. Pages of allowed origins may read the refusals too. */
export function openEdgePolicy({ corsOrigins, rateLimit, clientOf }: EdgePolicyOptions): EdgePolicy {
  const allowOrigins = cors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    exposeHeaders: [...exposed],
    maxAge: 600,
  })
  return async (c) => {
    const preflight = await allowOrigins(c, async () => {})
    if (preflight) return preflight
    const { incoming, outgoing } = c.env as HttpBindings
    const { headers, retryAfter } = await rateLimit(clientOf(c))
    for (const name in headers) outgoing.setHeader(name, headers[name] as string)
    if (retryAfter > 0) return answerProblem(c, rateLimited, { 'retry-after': String(retryAfter) })
    const problem = refusalOf(incoming)
    if (!problem) return undefined
    return answerProblem(c, problem, problem.status === 405 ? { allow: [...methods].join(', ') } : {})
  }
}

const exposed = [
  'Location',
  'Event-Id',
  'Preference-Applied',
  'Link',
  'Retry-After',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
]

// TRACE would show a page headers that it may not read, and nobody needs the others.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const maxUrlLength = 8 * 1024

function refusalOf({ method = '', url = '', headers }: IncomingMessage): Problem | undefined {
  if (!methods.has(method))
    return { status: 405, code: 'method-not-allowed', title: `${method} is not for this door` }
  if (url.length > maxUrlLength)
    return { status: 414, code: 'url-too-long', title: 'The URL is longer than 8 KiB' }
  return Number(headers['content-length'] ?? 0) > maxBodyBytes ? bodyTooLarge : undefined
}
