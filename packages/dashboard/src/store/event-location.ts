import type { Broker } from '@saucery/messaging/nats/connection'
import { isEventAt } from '@saucery/messaging/nats/whole-message'
import type { Entries, TimelineEntry } from '../view/order-json.ts'
import type { OrderView } from '../view/order-view.ts'

/** Whether the stream still holds an event at the sequence that its entry names. */
export type IsAtLocation = (entry: TimelineEntry) => Promise<boolean>

/**
 * Asks the streams' leaders. While the broker is away the answer is yes: the message that raised the question cannot be
 * acknowledged either, so it is redelivered and the question comes again.
 */
export const eventLocations =
  (broker: Broker): IsAtLocation =>
  ({ stream, sequence, id }) =>
    isEventAt(broker, stream, { sequence, id }).catch(() => true)

/**
 * The entries whose event has moved: the stream lost it, and its owner published it again, so it now has a higher
 * sequence, and its old sequence may belong to another event.
 * (reactions.int.test: "uses an event's new sequence after its stream was lost and its owner published it again")
 */
export async function movedEntries(
  views: readonly OrderView[],
  received: ReadonlyMap<string, Entries>,
  isAtLocation: IsAtLocation,
): Promise<ReadonlySet<TimelineEntry>> {
  const suspects = views.flatMap(({ _id, timeline }) => {
    const sequences = new Map(received.get(_id)?.map(({ id, sequence }) => [id, sequence]))
    return timeline.filter(({ id, sequence }) => sequence < (sequences.get(id) ?? 0))
  })
  const stayed = await Promise.all(suspects.map(isAtLocation))
  return new Set(suspects.filter((_, i) => !stayed[i]))
}
