import type { Log } from '@saucery/chassis/telemetry/log'
import { choreography, type Published } from '@saucery/contracts/choreography'
import { subscribeToKey } from '@saucery/messaging/consumer/core-subscription'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { Database } from '@saucery/messaging/postgres/database'
import { isDecided, type Order } from '../domain.ts'
import { reactions } from '../reactions.ts'
import { type CommitOrder, findOrder } from '../store.ts'

interface WatchDeps {
  readonly db: Database
  readonly broker: Broker
  readonly commit: CommitOrder
  readonly log: Log
  readonly pollEveryMs?: number
}

/** A watch on one order. */
interface Watch {
  /** Resolves with the order once payment has decided on it; with undefined when the watch ends before. */
  readonly decided: Promise<Order | undefined>
  end(): void
}

export interface Watches {
  /** Begin it before the order is placed: an event that is published earlier is missed. */
  begin(orderId: string): Watch
  /** Ends every watch, and each that begins later at once. */
  end(): void
}

/**
 * Watches orders on the replica whose clients wait for them; the durable consumer may give their events to another.
 *
 * An event from the core subscription is processed at once, as the consumer would, so that the client then finds
 * the order as the answer showed it. The row is read too, on a timer and after a reconnect: the core subscription may
 * miss an event. (watch.int.test: "is answered though the core subscription missed its event")
 */
export function openWatches({ db, broker, commit, log, pollEveryMs = 2000 }: WatchDeps): Watches {
  const handle = reactions({ commit })
  const active = new Set<{ poll(): void; end(): void }>()
  let ended = false
  broker.onReconnect(() => {
    for (const { poll } of active) poll()
  })

  function begin(orderId: string): Watch {
    let resolve = (_: Order | undefined) => {}
    const decided = new Promise<Order | undefined>((resolved) => {
      resolve = resolved
    })
    async function check(found: Promise<Order | undefined>): Promise<void> {
      try {
        const order = await found
        if (order && isDecided(order)) resolve(order)
      } catch (error) {
        log.warn({ error, orderId }, 'order under watch could not be read')
      }
    }
    const unsubscribe = subscribeToKey<Published<'payment'>>({
      broker,
      publisher: 'payment',
      events: choreography.payment.publishes,
      key: orderId,
      onEvent: (event) => void check(handle(event).then(({ state }) => state)),
      log,
    })
    const poll = () => void check(findOrder(db, orderId))
    const timer = setInterval(poll, pollEveryMs)
    const watch = {
      decided,
      poll,
      end() {
        resolve(undefined)
        unsubscribe()
        clearInterval(timer)
        active.delete(watch)
      },
    }
    active.add(watch)
    if (ended) watch.end()
    return watch
  }

  return {
    begin,
    end() {
      ended = true
      for (const { end } of active) end()
    },
  }
}
