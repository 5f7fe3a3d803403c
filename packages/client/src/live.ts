import { CallRefused } from './errors.ts'
import { pause } from './pause.ts'
import { type LiveBatch, type ReadLive, readLive } from './read-live.ts'
import { isTransient, retryAfterMs } from './retry.ts'

/** `live`: the feed has sent something, and has not been silent since. `off`: it was refused for good. */
export type LiveConnection = 'connecting' | 'live' | 'reconnecting' | 'off'

export interface LiveOptions extends ReadLive {
  /** Resumes after the event with this id. */
  readonly lastId?: string | undefined
  /** The longest pause between two connections, in ms. Default: 15 s. */
  readonly longestPauseMs?: number
  /** Called when a connection begins, lives, or is lost, and with each batch. */
  onConnection?(state: LiveConnection): void
}

/**
 * The live feed, until `signal` is aborted or the loop is left: `for await (const { orders } of followLive({ client }))`.
 * A connection that ends is followed by another, which resumes after the last id, so no change is missed: what cannot
 * be found out comes as `isReset`. (`EventSource` cannot send a token.) The loop waits for the next change; only
 * `signal` ends it meanwhile.
 * @throws CallRefused when the feed is refused for good: 401, 403, or an error of the request
 */
export async function* followLive(options: LiveOptions): AsyncGenerator<LiveBatch, void> {
  const { signal, onConnection = () => {}, longestPauseMs = 15_000 } = options
  let { lastId } = options
  let failures = 0
  onConnection(lastId === undefined ? 'connecting' : 'reconnecting')
  while (!signal?.aborted) {
    let retryMs = 0
    try {
      for await (const batch of readLive(options, lastId)) {
        // Not before: a proxy that buffers answers at once, and then holds back what the feed sends.
        onConnection('live')
        if (batch.id !== lastId) failures = 0
        lastId = batch.id
        yield batch
      }
    } catch (error) {
      if (signal?.aborted) return
      if (isRefused(error, lastId)) {
        onConnection('off')
        throw error
      }
      // The feed no longer knows this id: start anew.
      if (!isTransient(error)) lastId = undefined
      retryMs = retryAfterMs(error)
    }
    if (signal?.aborted) return
    onConnection('reconnecting')
    await pause(Math.max(retryMs, backoffMs(failures++, longestPauseMs)), signal)
  }
}

/** Whether the feed itself is refused, not the id to resume after. */
const isRefused = (error: unknown, lastId: string | undefined): boolean =>
  !isTransient(error) &&
  (lastId === undefined || (error instanceof CallRefused && [401, 403].includes(error.status)))

/** Grows with each failure; random, so that not all clients come back at once. */
const backoffMs = (failures: number, longest: number) =>
  Math.min(longest, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
