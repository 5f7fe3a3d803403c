import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { followLive } from '@saucery/client/live'
import type { OrderView } from '@saucery/client/schemas'

interface FollowOptions {
  readonly client: Client
  readonly stopped: AbortSignal
  onView(view: OrderView): void
}

/** Reads the public live feed until it is stopped, or this caller may not read it. */
export async function followOrders({ client, stopped, onView }: FollowOptions): Promise<void> {
  try {
    for await (const { orders } of followLive({ client, signal: stopped }))
      for (const view of orders) onView(view)
  } catch (error) {
    if (!(error instanceof CallRefused)) throw error
  }
}
