import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@saucery/client/client'
import type { OrderView } from '@saucery/client/schemas'
import { createParser } from 'eventsource-parser'

const PAUSE_MS = 1_000

interface FollowOptions {
  /** Called for each connection: a token does not last. */
  connect(): Promise<Client>
  readonly stopped: AbortSignal
  onView(view: OrderView): void
}

/**
 * Reads the public live feed until it is stopped. What a lost connection misses comes with the order's next event, so
 * nothing is kept to resume.
 */
export async function followOrders({ connect, stopped, onView }: FollowOptions): Promise<void> {
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'order') onView(JSON.parse(data))
    },
  })
  while (!stopped.aborted)
    try {
      const client = await connect()
      const stream = await client.stream('/orderDashboards/live', { signal: stopped })
      for await (const text of stream.pipeThrough(new TextDecoderStream())) parser.feed(text)
    } catch {
      // The gateway or the dashboard is away; its own line has said so.
    } finally {
      parser.reset()
      await sleep(PAUSE_MS, undefined, { signal: stopped }).catch(() => {})
    }
}
