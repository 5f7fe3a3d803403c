import type { AnyFact } from '@saucery/contracts/choreography'
import { type Event, type ReceivedEvent, stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'

/** The fact as an event of this moment. */
export const stamped = <F extends AnyFact>(fact: F): Event<F> =>
  stamp(fact, { id: 'a-test', traceparent: newTraceparent() }, new Date())

/** The same event as a consumer delivers it. */
export const received = <F extends AnyFact>(fact: F): ReceivedEvent<F> =>
  Object.assign(stamped(fact), {
    stream: String(fact.subject.split('.')[0]).toUpperCase(),
    sequence: 1,
    deliveries: 1,
  })
