import { signal } from '@preact/signals'
import type { LiveConnection } from '@saucery/client/live'
import { audience, client } from '../api/client.ts'
import { followSharedFeed } from '../live/shared-feed.ts'

/** How many dead letters the live feed has told of as settled, by whoever did it. */
export const settledLetters = signal(0)

/** Listens until it is stopped. Without the feed the lists are read again when a service reports another number. */
export function followSettledLetters(stopped: AbortSignal): void {
  followSharedFeed({
    client,
    audience: audience.peek(),
    query: {},
    stopped,
    connection: signal<LiveConnection>('connecting'),
    onOrders() {},
    onReset() {},
    onSettled(letters) {
      settledLetters.value += letters
    },
  })
}
