import { CallRefused } from '@saucery/client/errors'
import { isTransient, retryAfterMs } from '@saucery/client/retry'
import { pause } from '../api/retry.ts'
import { type ReadFeed, readFeed } from './read-feed.ts'

export interface LiveOptions extends ReadFeed {
  /** Resumes after the event with this id. */
  readonly lastId?: string | undefined
  readonly longestPauseMs?: number
}

/**
 * Follows the live feed until it is stopped. A connection that ends is followed by another, which resumes after the
 * last id, so no change is missed. (`EventSource` cannot send a token.)
 */
export async function followLive(options: LiveOptions): Promise<void> {
  const { stopped, connection, onBatch, longestPauseMs = 15_000 } = options
  let { lastId } = options
  let failures = 0
  connection.value = lastId === undefined ? 'connecting' : 'reconnecting'
  while (!stopped.aborted) {
    let retryMs = 0
    try {
      const onRead: typeof onBatch = (batch) => {
        if (batch.id !== lastId) failures = 0
        lastId = batch.id
        onBatch(batch)
      }
      await readFeed({ ...options, onBatch: onRead }, lastId)
    } catch (error) {
      if (stopped.aborted) return
      if (isRefused(error, lastId)) {
        connection.value = 'off'
        return
      }
      // The feed no longer knows this id: start anew.
      if (!isTransient(error)) lastId = undefined
      retryMs = retryAfterMs(error)
    }
    if (stopped.aborted) return
    connection.value = 'reconnecting'
    await pause(Math.max(retryMs, backoffMs(failures++, longestPauseMs)), stopped)
  }
}

/** Whether the feed itself is refused, not the id to resume after. */
const isRefused = (error: unknown, lastId: string | undefined): boolean =>
  !isTransient(error) &&
  (lastId === undefined || (error instanceof CallRefused && [401, 403].includes(error.status)))

/** Grows with each failure; random, so that not all pages come back at once. */
const backoffMs = (failures: number, longest: number) =>
  Math.min(longest, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
