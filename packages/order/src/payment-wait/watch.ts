import type { Log } from '@saucery/chassis/telemetry/log'
import { choreography, type Published } from '@saucery/contracts/choreography'
import { subscribeToKey } from '@saucery/messaging/consumer/core-subscription'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Commit } from '@saucery/messaging/unit-of-work'
import { isDecided, type Order, type OrderEvent } from '../domain.ts'
import { reactions } from '../reactions.ts'
import { findOrder } from '../store.ts'

export interface WatchOptions {
  readonly db: Database
  readonly broker: Broker
  readonly commit: Commit<Order, Published<'order'>, OrderEvent>
  readonly log: Log
  readonly lookEveryMs?: number
}

export interface Watch {
  /** The order as soon as payment has decided, as it is stored then. */
  readonly decided: Promise<Order>
  end(): void
}

/**
 * Watches one order, on the replica that a request waits on: the service's consumer may give the event to another.
 * To be begun before the order is placed, so that nothing is missed.
 *
 * What is overheard is handled here at once, as the consumer would, so that whoever is answered finds the order as
 * the answer said. The row is looked at as well, now and then and after a reconnect: an event may have been missed.
 * (wait.int.test: "is answered though its event was never overheard")
 */
export function openPaymentWatch(options: WatchOptions): (orderId: string) => Watch {
  const { db, broker, commit, log, lookEveryMs = 2000 } = options
  const hear = reactions(commit)
  const looks = new Set<() => void>()
  broker.onReconnect(() => {
    for (const look of looks) look()
  })

  return (orderId) => {
    let decide = (_: Order) => {}
    const decided = new Promise<Order>((resolve) => {
      decide = resolve
    })
    async function see(found: Promise<Order | undefined>): Promise<void> {
      try {
        const order = await found
        if (order && isDecided(order)) decide(order)
      } catch (error) {
        log.warn({ error, orderId }, 'not seen what became of an order')
      }
    }
    const look = () => void see(findOrder(db, orderId))
    const endHearing = subscribeToKey<Published<'payment'>>({
      broker,
      events: choreography.payment.publishes,
      key: orderId,
      onEvent: (event) => void see(hear(event).then(({ state }) => state)),
      log,
    })
    const timer = setInterval(look, lookEveryMs)
    looks.add(look)
    return {
      decided,
      end() {
        endHearing()
        clearInterval(timer)
        looks.delete(look)
      },
    }
  }
}
