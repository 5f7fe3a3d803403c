import { CallRefused } from '@saucery/client/errors'
import { isTransient, retryAfterMs } from '@saucery/client/retry'
import { pause } from '../api/retry.ts'
import { type FollowedFeed, readFeed } from './read-feed.ts'

export interface LiveOptions extends FollowedFeed {
  /** A connection that is silent for longer is lost; three heartbeats fit in. */
  readonly silenceMs?: number
  /** The longest pause before the next connection. */
  readonly longestPauseMs?: number
}

/**
 * Follows the live feed until it is stopped. A connection that ends is followed by another, which resumes after the
 * last id, so no change is missed. (`EventSource` cannot send a token.)
 * @returns stops it
 */
export function followLive(options: LiveOptions): () => void {
  const stopped = new AbortController()
  void follow({ silenceMs: 45_000, longestPauseMs: 15_000, ...options }, stopped.signal)
  return () => stopped.abort()
}

async function follow(options: Required<LiveOptions>, stopped: AbortSignal): Promise<void> {
  let lastId: string | undefined
  let failures = 0
  options.onState('connecting')
  while (!stopped.aborted) {
    let retryMs = 0
    try {
      await readFeed(options, options.silenceMs, stopped, lastId, (id) => {
        lastId = id
        failures = 0
      })
    } catch (error) {
      if (stopped.aborted) return
      if (isRefused(error, lastId)) return options.onState('off')
      // The feed no longer knows this id: start anew.
      if (!isTransient(error)) lastId = undefined
      retryMs = retryAfterMs(error)
    }
    if (stopped.aborted) return
    options.onState('reconnecting')
    await pause(Math.max(retryMs, backoffMs(failures++, options.longestPauseMs)), stopped)
  }
}

/** Whether the feed itself is refused, not the id to resume after. */
const isRefused = (error: unknown, lastId: string | undefined): boolean =>
  !isTransient(error) &&
  (lastId === undefined || (error instanceof CallRefused && [401, 403].includes(error.status)))

/** Grows with each failure; random, so that not all pages come back at once. */
const backoffMs = (failures: number, longest: number) =>
  Math.min(longest, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
