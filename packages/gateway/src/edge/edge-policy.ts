import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { bodyTooLarge, maxBodyBytes } from '@saucery/chassis/http/body-limit'
import { answerProblem, type Problem } from '@saucery/chassis/http/problem'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { GatewaySettings } from '../settings.ts'
import { forwardedFrom } from './forwarded.ts'
import { networkOf } from './network.ts'
import { openRateLimit, rateLimited } from './rate-limit.ts'

/**
 * Middleware that every request passes first: CORS, rate limit, URL and body size.
 * Pages of allowed origins may read the refusals too.
 */
export function edgePolicy(settings: GatewaySettings): MiddlewareHandler {
  const { CORS_ORIGINS: origins, TRUSTED_PROXIES: trustedProxies } = settings
  const rateLimit = openRateLimit(settings.RATE_LIMIT_PER_MINUTE)
  const origin = origins.includes('*') ? '*' : origins
  const credentials = settings.CORS_CREDENTIALS === 'on'
  const allowOrigins =
    origins.length > 0 && cors({ origin, credentials, exposeHeaders: exposed, maxAge: 600 })
  return async (c, next) => {
    const preflight = allowOrigins && (await allowOrigins(c, async () => {}))
    if (preflight) return preflight
    const { incoming, outgoing } = c.env as HttpBindings
    const { headers, retryAfter } = rateLimit(networkOf(forwardedFrom(incoming, trustedProxies).client))
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value)
    if (retryAfter > 0) return answerProblem(c, rateLimited, { 'retry-after': String(retryAfter) })
    const problem = refusalOf(incoming)
    return problem ? answerProblem(c, problem) : next()
  }
}

const exposed = [
  'Location',
  'ETag',
  'Event-Id',
  'Idempotent-Replayed',
  'Preference-Applied',
  'Link',
  'Retry-After',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
]

const maxUrlLength = 8 * 1024

function refusalOf({ url = '', headers }: IncomingMessage): Problem | undefined {
  if (url.length > maxUrlLength)
    return { status: 414, code: 'url-too-long', title: 'The URL is longer than 8 KiB' }
  return Number(headers['content-length'] ?? 0) > maxBodyBytes ? bodyTooLarge : undefined
}
