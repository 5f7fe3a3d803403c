import { isIPv6 } from 'node:net'
import type { Problem } from '@saucery/chassis/http/problem'
import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

const windowSeconds = 60

export const rateLimited: Problem = {
  status: 429,
  code: 'rate-limited',
  title: 'Too many requests; try again after `Retry-After` seconds',
}

/**
 * Allows each client `perMinute` requests a minute, 0 for any number. A client's minute begins with its first request.
 * @param maxClients how many are counted: beyond that, the client whose minute began first is forgotten
 * @returns counts a request of the client. `headers` has `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers); `retryAfter` is 0, or the seconds until the client may send a request again
 */
export function openRateLimit(perMinute: number, maxClients = 50_000) {
  if (perMinute === 0) return async () => ({ headers: {} as Record<string, string>, retryAfter: 0 })
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds })
  // The limiter itself has no limit on clients.
  const clients = new LRUCache<string, true>({
    max: maxClients,
    noDisposeOnSet: true,
    dispose: (_, client) => void limiter.delete(client),
  })
  const policy = `"client";q=${perMinute};w=${windowSeconds}`

  return async (client: string) => {
    const key = networkOf(client)
    const count = await limiter.consume(key).catch((refused: RateLimiterRes) => refused)
    if (count.isFirstInDuration) clients.set(key, true)
    const seconds = Math.ceil(count.msBeforeNext / 1000)
    const rateLimit = `"client";r=${count.remainingPoints};t=${seconds}`
    return {
      headers: { ratelimit: rateLimit, 'ratelimit-policy': policy },
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
