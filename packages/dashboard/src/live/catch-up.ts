import { readAfter } from '@saucery/messaging/nats/stream-reader'
import type { OrderView } from '../view/order-view.ts'
import type { ResumePoint } from './resume-token.ts'
import type { StreamCursor } from './stream-cursor.ts'

/** For more events than this, reading the lists again is cheaper. */
const maxEvents = 1000
const ordersPerQuery = 200

/**
 * The current views of the orders that changed between a client's position and the cursor's; undefined when that cannot
 * be found out, or is too much. Events that are not in their views yet are pending, and are published later.
 */
export async function catchUp(
  { version, events, broker, views }: StreamCursor,
  from: ResumePoint,
): Promise<OrderView[] | undefined> {
  // Documents of another version may have other contents, and may lack events that the earlier ones had.
  if (from.version !== version) return undefined
  const missed: string[] = []
  for (const [i, { stream, readTo }] of events.streams.entries()) {
    const position = from.positions[i]
    if (!position) return undefined
    // Negative when the client's last replica had read further: this one publishes those events once more.
    const count = Math.max(0, readTo.sequence - position.sequence)
    const read = count > maxEvents ? 'too-many' : await readAfter(broker, stream, position, count)
    if (typeof read === 'string') return undefined
    // No message precedes the first, so nothing else shows that the stream no longer has the first.
    // (retention.int.test)
    if (position.sequence === 0 && count > 0 && read[0]?.sequence !== 1) return undefined
    missed.push(...read.map(({ key }) => key))
  }
  if (missed.length > maxEvents) return undefined
  const orderIds = [...new Set(missed)]
  const found: OrderView[] = []
  while (orderIds.length > 0) found.push(...(await views.among(orderIds.splice(0, ordersPerQuery))))
  return found
}
