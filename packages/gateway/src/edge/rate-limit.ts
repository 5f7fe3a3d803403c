import { isIPv6 } from 'node:net'
import type { Problem } from '@saucery/chassis/http/problem'
import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

interface Allowance {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly headers: Readonly<Record<string, string>>
  /** Seconds until the client may send a request again; 0 when it may now. */
  readonly retryAfter: number
}

/** Counts a request of the client. */
export type RateLimit = (client: string) => Promise<Allowance>

const windowSeconds = 60
const unlimited: Allowance = { headers: {}, retryAfter: 0 }

export const rateLimited: Problem = {
  status: 429,
  code: 'rate-limited',
  title: 'Too many requests; try again after `Retry-After` seconds',
}

/**
 * Allows each client `perMinute` requests a minute, 0 for any number. A client's minute begins with its first request.
 * @param maxClients how many are counted: beyond that, the client whose minute began first is forgotten
 */
export function openRateLimit(perMinute: number, maxClients = 50_000): RateLimit {
  if (perMinute === 0) return async () => unlimited
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds })
  // The limiter itself has no limit on clients.
  const clients = new LRUCache<string, true>({
    max: maxClients,
    noDisposeOnSet: true,
    dispose: (_, client) => void limiter.delete(client),
  })
  const policy = `"client";q=${perMinute};w=${windowSeconds}`

  return async (client) => {
    const key = networkOf(client)
    const count = await limiter.consume(key).catch((refused: RateLimiterRes) => refused)
    if (count.isFirstInDuration) clients.set(key, true)
    const seconds = Math.ceil(count.msBeforeNext / 1000)
    return {
      headers: {
        ratelimit: `"client";r=${count.remainingPoints};t=${seconds}`,
        'ratelimit-policy': policy,
      },
      retryAfter: count.consumedPoints > perMinute ? Math.max(seconds, 1) : 0,
    }
  }
}

/** One client often has a whole IPv6 /64 to choose addresses from, so such a network counts as one client. */
function networkOf(client: string): string {
  if (!isIPv6(client)) return client
  const [before = [], after = []] = client.split('::').map(groupsOf)
  const zeros = Array<string>(Math.max(8 - before.length - after.length, 0)).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}

const groupsOf = (part: string): string[] =>
  part === '' ? [] : part.split(':').map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
