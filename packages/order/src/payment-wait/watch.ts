import type { Log } from '@saucery/chassis/telemetry/log'
import { choreography, type Published } from '@saucery/contracts/choreography'
import { subscribeToKey } from '@saucery/messaging/consumer/core-subscription'
import type { Event } from '@saucery/messaging/events/event'
import { reasonOf } from '@saucery/messaging/log'
import type { Broker } from '@saucery/messaging/nats/connection'
import type { Database } from '@saucery/messaging/postgres/database'
import { isDecided, type Order } from '../domain.ts'
import { reactions } from '../reactions.ts'
import { type CommitOrder, orderAggregate } from '../store.ts'

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

const ordersPerQuery = 500

/**
 * Watches orders on the replica whose clients wait for them; the durable consumer may give their events to another.
 *
 * An event from the core subscription is processed at once, as the consumer would, so that the client then finds
 * the order as the answer showed it. The rows are read too, on a timer and after a reconnect: the core subscription may
 * miss an event. (watch.int.test: "is answered though the core subscription missed its event")
 */
export function openWatches({ db, broker, commit, log, pollEveryMs = 2000 }: WatchDeps): Watches {
  const handle = reactions({ commit })
  const active = new Set<{ orderId: string; check(order: Order | undefined): void; end(): void }>()
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let isPolling = false
  broker.onReconnect(() => void poll())

  /** Reads the orders of all watches at once: a thousand watches cost two queries. */
  async function poll(): Promise<void> {
    if (isPolling) return
    isPolling = true
    try {
      const ids = [...new Set([...active].map(({ orderId }) => orderId))]
      for (let i = 0; i < ids.length; i += ordersPerQuery) {
        const some = ids.slice(i, i + ordersPerQuery)
        const found = await db.transaction((tx) => orderAggregate.load(tx, some))
        for (const { orderId, check } of active) check(found.get(orderId))
      }
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'orders under watch could not be read')
    } finally {
      isPolling = false
    }
  }

  function begin(orderId: string): Watch {
    let resolve = (_: Order | undefined) => {}
    const decided = new Promise<Order | undefined>((resolved) => {
      resolve = resolved
    })
    function check(order: Order | undefined): void {
      if (order && isDecided(order)) resolve(order)
    }
    async function process(event: Event<Published<'payment'>>): Promise<void> {
      try {
        check((await handle(event)).state)
      } catch (error) {
        log.warn({ error, orderId }, 'order under watch could not be changed')
      }
    }
    const unsubscribe = subscribeToKey<Published<'payment'>>({
      broker,
      publisher: 'payment',
      events: choreography.payment.publishes,
      key: orderId,
      onEvent: (event) => void process(event),
      log,
    })
    const watch = {
      orderId,
      decided,
      check,
      end() {
        resolve(undefined)
        unsubscribe()
        active.delete(watch)
        if (active.size > 0) return
        clearInterval(timer)
        timer = undefined
      },
    }
    active.add(watch)
    timer ??= setInterval(poll, pollEveryMs)
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
