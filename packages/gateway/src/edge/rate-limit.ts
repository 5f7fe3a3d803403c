import { type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Caller } from '@saucery/contracts/access/scope'
import { LRUCache } from 'lru-cache'

const windowMs = 60_000
/** Requests are counted together for this time, so that a client takes little memory. */
const countedTogetherMs = 1000

export const rateLimited: Problem = {
  status: 429,
  code: 'rate-limited',
  title: 'Too many requests; try again after `Retry-After` seconds',
}

/** Requests that count as one, all sent between these two times. */
interface Group {
  readonly first: number
  last: number
  count: number
}

/** The allowed requests of the last minute, the oldest first. */
interface Usage {
  total: number
  readonly groups: Group[]
}

interface Verdict {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly headers: Readonly<Record<string, string>>
  /** 0, or the seconds until the next request is allowed. */
  readonly retryAfter: number
}

/**
 * Allows each key `perMinute` requests in any 60 seconds, 0 for any number. What it refuses does not count.
 * (rate-limit.test: "allows no more in any minute, wherever it begins")
 * @param policy the name in the headers
 * @param maxKeys beyond that, the key whose last request is longest ago is forgotten
 * @returns counts a request
 */
export function openRateLimit(perMinute: number, policy = 'client', maxKeys = 50_000) {
  if (perMinute === 0) return (): Verdict => ({ headers: {}, retryAfter: 0 })
  const usages = new LRUCache<string, Usage>({ max: maxKeys })

  return (key: string, now = performance.now()): Verdict => {
    const usage = usages.get(key) ?? { total: 0, groups: [] }
    usages.set(key, usage)
    slide(usage, now)
    const isAllowed = usage.total < perMinute
    if (isAllowed) count(usage, now)
    const freedInMs = (usage.groups[0]?.last ?? now) + windowMs - now
    const seconds = Math.max(1, Math.ceil(freedInMs / 1000))
    return {
      headers: {
        ratelimit: `"${policy}";r=${perMinute - usage.total};t=${seconds}`,
        'ratelimit-policy': `"${policy}";q=${perMinute};w=${windowMs / 1000}`,
      },
      retryAfter: isAllowed ? 0 : seconds,
    }
  }
}

/**
 * Limits a caller who is signed in, from however many addresses.
 * @returns counts a request; throws ProblemError 429
 */
export function callerLimit(perMinute: number): (caller: Caller) => void {
  const limit = openRateLimit(perMinute, 'caller')
  return ({ subject }) => {
    const { headers, retryAfter } = limit(subject)
    if (retryAfter > 0) throw new ProblemError(rateLimited, { ...headers, 'retry-after': String(retryAfter) })
  }
}

/** Leaves out what is a minute old. */
function slide(usage: Usage, now: number): void {
  const { groups } = usage
  for (let oldest = groups[0]; oldest && oldest.last + windowMs <= now; oldest = groups[0]) {
    usage.total -= oldest.count
    groups.shift()
  }
}

function count(usage: Usage, now: number): void {
  usage.total++
  const newest = usage.groups.at(-1)
  if (!newest || newest.first + countedTogetherMs <= now)
    usage.groups.push({ first: now, last: now, count: 1 })
  else {
    newest.last = now
    newest.count++
  }
}
