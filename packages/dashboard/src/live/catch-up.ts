import type { Broker } from '@saucery/messaging/nats/connection'
import { readAfter } from '@saucery/messaging/nats/stream-reader'
import type { ViewStore } from '../store/view-store.ts'
import type { OrderView } from '../view/order-view.ts'
import type { StreamProgress } from './pending-events.ts'
import type { Positions } from './resume-token.ts'

/** For more events than this, reading the lists again is cheaper. */
const maxEvents = 1000
const ordersPerQuery = 200

/**
 * The current views of the orders that changed between a client's position and the feed's; undefined when that cannot be
 * found out, or is too much. Events that are not in their views yet are pending in the feed, which publishes them later.
 */
export async function catchUp(
  broker: Broker,
  views: Pick<ViewStore, 'among'>,
  from: Positions,
  to: readonly StreamProgress[],
): Promise<OrderView[] | undefined> {
  const orderIds = new Set<string>()
  let events = 0
  for (const [i, { stream, readTo }] of to.entries()) {
    const position = from[i]
    if (!position) return undefined
    // Negative when the client's last replica had read further: this one publishes those events once more.
    const missed = readTo.sequence - position.sequence
    if (missed > maxEvents) return undefined
    const read = await readAfter(broker, stream, position, Math.max(0, missed))
    if (typeof read === 'string') return undefined
    // No message precedes the first, so nothing else shows that the stream no longer has the first.
    // (retention.int.test)
    if (position.sequence === 0 && missed > 0 && read[0]?.sequence !== 1) return undefined
    events += read.length
    for (const { key } of read) orderIds.add(key)
  }
  if (events > maxEvents) return undefined
  const found: OrderView[] = []
  const ids = [...orderIds]
  for (let i = 0; i < ids.length; i += ordersPerQuery)
    found.push(...(await views.among(ids.slice(i, i + ordersPerQuery))))
  return found
}
