import { sharedResult } from '@saucery/chassis/async/shared-result'
import type { PublishedEventState } from '@saucery/chassis/operations/published-events-route'
import { events } from '@saucery/contracts/choreography'
import { keyOf } from '@saucery/messaging/events/event'
import type { Broker } from '@saucery/messaging/nats/connection'
import { type SubjectState, subjectState } from '@saucery/messaging/nats/subject-state'

/** However many operators look, the broker is asked once in this time. */
const keepMs = 10_000

/** To count a million subjects takes the broker a second. */
const maxSubjects = 1_000_000

/**
 * For each event how many orders have it on its stream, and the last one. The broker counts the subjects, of which each
 * order has one for each event. (lag-of-others.int.test: "tells how often each event was published, and when last, …")
 */
export const openPublishedEvents = (broker: Broker, max = maxSubjects) =>
  sharedResult(
    () => Promise.all(events.map((event) => stateOfEvent(broker, event, max))),
    () => keepMs,
  )

async function stateOfEvent(
  broker: Broker,
  { event, stream, subject }: (typeof events)[number],
  max: number,
): Promise<PublishedEventState> {
  const { subjects, last } = await subjectState(broker, stream, `${subject}.*`, max)
  return { event, ...(subjects !== undefined && { orders: subjects }), ...(last && { last: toLast(last) }) }
}

/** What is on the stream need not be an event of ours: only a signature would tell. */
function toLast({ subject, sequence, headers }: NonNullable<SubjectState['last']>) {
  const time = new Date(headers.get('ce-time'))
  return {
    orderId: keyOf(subject),
    sequence,
    ...(!Number.isNaN(time.getTime()) && { time: time.toISOString() }),
  }
}
