import { streams } from '@saucery/contracts/choreography'
import type { Broker } from '@saucery/messaging/nats/connection'
import { readAfter } from '@saucery/messaging/nats/stream-reader'
import type { ViewQueries } from '../store/view-queries.ts'
import type { OrderView } from '../view/order-view.ts'
import type { Positions } from './resume-token.ts'

/** Beyond that, reading the lists again is less. */
const mostEvents = 1000
const ordersInALook = 200

export interface CatchUpOptions {
  readonly broker: Broker
  readonly views: Pick<ViewQueries, 'among'>
  /** Where the client was. */
  readonly from: Positions
  /** Up to where the feed has read. */
  readonly upTo: Positions
}

/**
 * The orders that somebody missed who was elsewhere, or away, as they stand now; nothing when that cannot be told, or
 * is too much. Which events are not in their views yet, the feed itself knows.
 */
export async function catchUp({
  broker,
  views,
  from,
  upTo,
}: CatchUpOptions): Promise<OrderView[] | undefined> {
  const orderIds = new Set<string>()
  let events = 0
  for (const [i, stream] of streams.entries()) {
    const position = from[i]
    const end = upTo[i]?.sequence ?? 0
    if (!position) return undefined
    // A replica that read further has told more: what it told is told again.
    const ahead = end - position.sequence
    if (ahead > mostEvents) return undefined
    const read = await readAfter(broker, stream, position, Math.max(0, ahead))
    if (typeof read === 'string') return undefined
    // Before the first message there is none that would be missing, if the stream no longer has the first.
    // (retention.int.test)
    if (position.sequence === 0 && ahead > 0 && read[0]?.sequence !== 1) return undefined
    events += read.length
    for (const { key } of read) orderIds.add(key)
  }
  if (events > mostEvents) return undefined
  const missed: OrderView[] = []
  const asked = [...orderIds]
  for (let i = 0; i < asked.length; i += ordersInALook)
    missed.push(...(await views.among(asked.slice(i, i + ordersInALook))))
  return missed
}
